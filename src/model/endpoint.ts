/** Where something listens: an IP address or host name, and a port from 0 to 65535 (0: any free one). */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** `10.0.0.1:104`, or `[::1]:104` for IPv6. */
export function formatEndpoint(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
