/** A TCP session, an HTTP client connection or a UDP flow under way. */
export interface SessionOverview {
  /** As in events. */
  readonly sessionId: number;
  /** Address and port. */
  readonly client: string;
  /** The server's name; in HTTP mode that of the present or the last exchange; undefined before there is one. */
  readonly server: string | undefined;
  /** How long it has lasted, milliseconds. */
  readonly durationMs: number;
  readonly bytesFromClient: number;
  readonly bytesFromServer: number;
}
