import type { ResolvedHttpOptions } from '../http/http-options.ts';
import type { Persistence } from '../persistence/persistence.ts';
import type { Pool } from '../pool/pool.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { ResolvedTcpOptions } from '../tcp/tcp-options.ts';
import type { ResolvedUdpOptions } from '../udp/udp-options.ts';
import type { EngineSource } from './engine-lease.ts';

/** Complete options of any listener, with live objects in place of specs. */
export interface ResolvedBaseListenerOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly pool: Pool;
  readonly persistence: Persistence;
  readonly engine: EngineSource;
  readonly runtime: Runtime;
}

/** How a listener carries what it accepts. */
export interface Carriage {
  readonly maxSessions: number;
  readonly backlog: number;
  readonly quickAck: boolean;
  readonly carrier:
    | { readonly mode: 'tcp'; readonly options: ResolvedTcpOptions }
    | { readonly mode: 'http'; readonly options: ResolvedHttpOptions };
}

/** Complete options of a listener, with live objects in place of specs. */
export interface ResolvedListenerOptions extends ResolvedBaseListenerOptions, Carriage {}

/** Complete options of a UDP forwarder, with live objects in place of specs. */
export interface ResolvedSnatUdpForwarderOptions extends ResolvedBaseListenerOptions {
  readonly udp: ResolvedUdpOptions;
}
