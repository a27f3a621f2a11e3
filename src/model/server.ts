/** Every admin state; each takes more clients away than the one before. */
export const adminStates = ['online', 'drain', 'halt'] as const;

/** What a person ordered: `online`, `drain` (no new clients, persistent ones stay) or `halt` (none). */
export type AdminState = (typeof adminStates)[number];

/** What probes found. A server is `unknown` until its first probe has ended, and is used meanwhile. */
export type Health = 'up' | 'down' | 'unknown';

/** How a user describes a real server. */
export interface ServerOptions {
  /** Unique within its pool; what persistence remembers. 1 to 64 letters, digits, `.`, `_` or `-`. */
  readonly name: string;
  /** IP address or host name. */
  readonly host: string;
  /** 1 to 65535. Without it, the port of the service that is served: never frozen into a duplicate. */
  readonly port?: number;
  /** Share of new clients relative to the others, 0 to 256; 0 gets none but persistent ones. @default 1 */
  readonly weight?: number;
  /** Used only while no other server is available. @default false */
  readonly backup?: boolean;
  /**
   * Most sessions (TCP), exchanges (HTTP) or flows (UDP) at once: 1 to 1,000,000, or Infinity.
   * @default Infinity
   */
  readonly maxSessions?: number;
  /** The order that it starts with. @default 'online' */
  readonly adminState?: AdminState;
}

/** How the last probe of a server ended. */
export interface ProbeReport {
  readonly ok: boolean;
  /** A short stable word: `connected`, `refused`, `timeout`, `status-500`, … */
  readonly code: string;
  /** One sentence for people. */
  readonly reason: string;
  readonly tookMs: number;
  /** Wall-clock time of its end, milliseconds since 1970. */
  readonly atMs: number;
}

/** What is known of a real server at run time, except its counters. Only its pool changes it. */
export class ServerState {
  readonly name: string;
  readonly host: string;
  /** Undefined: the port of the service. */
  readonly port: number | undefined;
  backup: boolean;
  maxSessions: number;
  weight: number;
  adminState: AdminState;
  health: Health = 'unknown';
  /** Passive health: out for a while after consecutive connect failures. */
  ejected = false;
  lastProbe: ProbeReport | undefined = undefined;
  /** How often passive health took it out. */
  ejectionsTotal = 0;
  /** Probes that ended, and those of them that speak against the server. */
  probesTotal = 0;
  probeFailuresTotal = 0;
  /** How long all probes took together. */
  probesTookMs = 0;

  constructor(options: ServerOptions) {
    this.name = options.name;
    this.host = options.host;
    this.port = options.port;
    this.backup = options.backup ?? false;
    this.maxSessions = options.maxSessions ?? Infinity;
    this.weight = options.weight ?? 1;
    this.adminState = options.adminState ?? 'online';
  }

  /** For the pool: takes over what may change while sessions run; name, host and port stay. */
  reconfigure(options: ServerOptions): void {
    this.backup = options.backup ?? false;
    this.maxSessions = options.maxSessions ?? Infinity;
    this.weight = options.weight ?? 1;
    this.adminState = options.adminState ?? 'online';
  }
}

/** A real server at run time, with the counters that the leases and data paths of its pool keep. */
export class Server extends ServerState {
  /** Leases held now, including reservations of sessions that still connect. */
  sessions = 0;
  sessionsTotal = 0;
  connectFailuresTotal = 0;
  bytesFromClients = 0;
  bytesFromServer = 0;

  /** Counts one more lease, unless the server is full. Hot path. @returns whether there was room */
  take(): boolean {
    if (this.sessions >= this.maxSessions) return false;
    this.sessions += 1;
    this.sessionsTotal += 1;
    return true;
  }

  /** Counts one lease less. Hot path. */
  giveBack(): void {
    this.sessions -= 1;
  }
}
