/* eslint max-lines: ['error', { max: 275, skipBlankLines: true, skipComments: true }] -- A session is one state machine, from accept to close. */
import type { Connection, ConnectionHandler } from '../engine/engine.ts';
import { SluiceError, type ErrorCode, type ErrorSide } from '../base/errors.ts';
import type { Server } from '../model/server.ts';
import type { Deadlines, Expiring } from '../runtime/deadlines.ts';
import type { CloseReason, RefusalReason } from '../facts/service-events.ts';
import type { PathContext } from '../path/path-context.ts';
import { reset } from '../path/refusal.ts';
import type { SessionOverview } from '../path/session-overview.ts';
import { SessionReport } from '../path/session-report.ts';
import { assertTransition, type Transitions } from '../base/state-machine.ts';
import {
  Reach,
  type ConnectOutcome,
  type ReachContext,
  type ReachUser,
  type Unreachable,
} from '../reach/reach.ts';
import { ConnectionClient } from '../path/connection-client.ts';
import type { Finding, Peek, Peeking } from './peek.ts';
import { PeekedBytes } from './peeked-bytes.ts';
import type { ResolvedTcpOptions } from './tcp-options.ts';

const nothing = Buffer.alloc(0);

/** The data path that a session belongs to. */
export interface TcpSessionOwner {
  readonly context: PathContext;
  readonly options: ResolvedTcpOptions;
  readonly deadlines: Deadlines;
  readonly reach: ReachContext;
  readonly peeking: Peeking | undefined;
  /** The session is over; called last, once. */
  ended(session: TcpSession): void;
}

type State = 'accepted' | 'peeking' | 'reaching' | 'relaying' | 'closed';

const transitions: Transitions<State> = {
  accepted: ['peeking', 'reaching'],
  peeking: ['reaching', 'closed'],
  reaching: ['relaying', 'closed'],
  relaying: ['closed'],
  closed: [],
};

/**
 * One proxied TCP connection, from accept to close:
 *
 *     accepted ─────────────▶ reaching ──onReached──▶ relaying ──▶ closed
 *         └──▶ peeking ──look──┘
 *
 * Owns the client connection from the start and the server connection while there is one; both are gone
 * before the session ends. The way to the server is given back exactly once, in `#close`. Nothing is sent to a server
 * before `relaying`. Until then the client's bytes wait in the kernel, except those that a peek has seen.
 */
export class TcpSession implements ConnectionHandler, ReachUser, Expiring {
  rosterSlot = -1;
  deadlineIndex = -1;
  dueMs = 0;
  readonly ownServer = undefined;
  readonly report: SessionReport;
  readonly #path: TcpSessionOwner;
  readonly #client: Connection;
  readonly #reach: Reach;
  readonly #peek: Peek | undefined;
  #peeked: PeekedBytes | undefined = undefined;
  #server: Connection | undefined = undefined;
  #state: State = 'accepted';
  #hasClientEnded = false;
  #hasServerEnded = false;
  /** When the first side ended its direction. */
  #halfClosedMs = -Infinity;
  /** Bytes that both sides had not acknowledged when the limit was last met; 0 where bytes have moved since. */
  #unacknowledged = 0;
  #countedFromClient = 0;
  #countedFromServer = 0;

  constructor(path: TcpSessionOwner, client: Connection) {
    const facts = new ConnectionClient(client);
    this.#path = path;
    this.#client = client;
    this.report = new SessionReport(path.context, facts);
    this.#reach = new Reach(path.reach, facts, this);
    this.#peek = path.peeking?.make();
    client.handler = this;
    this.report.began('tcp');
  }

  /** The server that was chosen, connected or not. */
  get server(): Server | undefined {
    return this.#reach.lease.server;
  }

  start(): void {
    const { peeking } = this.#path;
    if (peeking === undefined) {
      this.#seekServer();
      return;
    }
    this.#enter('peeking');
    this.#peeked = new PeekedBytes(peeking.maxBytes);
    this.#limit(peeking.timeoutMs);
    this.#client.resume();
  }

  onData(_connection: Connection, bytes: Buffer, start: number, end: number): void {
    if (this.#state !== 'peeking' || this.#peeked === undefined) {
      throw new SluiceError('SLUICE_ERR_INTERNAL', 'A relayed TCP connection delivered data');
    }
    this.#peeked.add(bytes, start, end);
    this.#look(this.#peeked.isFull);
  }

  #look(isAll: boolean): void {
    const finding = this.#find(isAll);
    if (finding === 'failed') {
      this.#close('internal', 'SLUICE_ERR_INTERNAL');
    } else if (finding === 'refuse') {
      this.#refuse('bad-request', 'protocol');
    } else if (finding === 'enough' || isAll) {
      this.#client.pause();
      this.#seekServer();
    }
  }

  /** An engine would catch what a peek throws, a timer would not. */
  #find(isAll: boolean): Finding | 'failed' | undefined {
    try {
      return this.#peek?.look(this.#peeked?.bytes ?? nothing, isAll);
    } catch (error) {
      // Its message may quote what the client sent: it must not reach a log.
      const what = error instanceof Error ? error.name : typeof error;
      const { runtime, service } = this.#path.context;
      const message = `${service}: the look at a client's first bytes threw ${what}; the session is closed`;
      runtime.log('error', message);
      return 'failed';
    }
  }

  #seekServer(): void {
    this.#enter('reaching');
    this.#path.deadlines.clear(this);
    this.#reach.start();
  }

  connectTo(server: Server): ConnectOutcome {
    const { engine, pool, quickAck } = this.#path.context;
    this.#server = engine.connect({ host: server.host, port: pool.portOf(server), quickAck }, this);
    return 'connecting';
  }

  onConnect(): void {
    if (this.#state === 'reaching') this.#reach.connected();
  }

  onReached(): void {
    const server = this.#server;
    if (server === undefined) return;
    this.#enter('relaying');
    this.#limit(this.#idleLimitMs);
    this.#sendPeeked(server);
    if (this.#hasClientEnded) this.#halfClose(server);
    else this.#client.relay(server);
    server.relay(this.#client);
    this.report.opened('sessionOpened', this.server);
  }

  #sendPeeked(server: Connection): void {
    if (this.#peeked === undefined) return;
    const { bytes } = this.#peeked;
    this.#peeked = undefined;
    server.write(bytes, 0, bytes.length);
  }

  /** One side ended its direction: the other side learns it the same way. */
  onEnd(connection: Connection): void {
    if (connection === this.#server) this.#hasServerEnded = true;
    else this.#hasClientEnded = true;
    if (this.#state === 'relaying') {
      this.#halfClose(this.#other(connection));
    } else if (this.#state === 'peeking') {
      this.#look(true);
    }
  }

  #halfClose(to: Connection | undefined): void {
    to?.end();
    if (this.#halfClosedMs !== -Infinity) return;
    this.#halfClosedMs = this.#path.context.runtime.clock.nowMs();
    this.#limit(this.#idleLimitMs);
  }

  onClose(connection: Connection, error: SluiceError | undefined): void {
    if (this.#state === 'closed' || this.#isGivenUp(connection)) return;
    if (this.#state === 'reaching' && connection === this.#server) {
      this.#connectFailed(error?.code ?? 'SLUICE_ERR_CONNECT', error?.side ?? 'server');
    } else if (error !== undefined || this.#state !== 'relaying') {
      // A reset travels on as a reset.
      this.#close(reasonOf(error, connection === this.#client), error?.code);
    } else if (this.#other(connection)?.isClosed !== false) {
      this.#close('finished', undefined);
    }
  }

  onConnectTimeout(): void {
    const server = this.#server;
    this.#server = undefined;
    server?.reset();
    this.#connectFailed('SLUICE_ERR_CONNECT_TIMEOUT', 'server');
  }

  #connectFailed(error: ErrorCode, side: ErrorSide): void {
    this.#server = undefined;
    if (this.#reach.failed(error, side)) this.#reach.next();
  }

  onUnreachable(why: Unreachable): void {
    const wasTried = this.#reach.lease.tried.length > 0;
    this.#refuse(why, wasTried ? 'connect-failed' : 'refused', 'SLUICE_ERR_NO_SERVER');
  }

  /** This client is not served: tells and counts it. */
  #refuse(reason: RefusalReason, closeReason: CloseReason, error?: ErrorCode): void {
    this.report.refused(reason);
    if (this.#state === 'closed') return;
    (this.#peek?.refusal?.(reason) ?? reset).send(this.#client);
    this.#close(closeReason, error);
  }

  abort(reason: CloseReason): void {
    if (this.#state !== 'closed') this.#close(reason, undefined);
  }

  #close(reason: CloseReason, error: ErrorCode | undefined): void {
    const { server } = this;
    const phase = this.#state === 'peeking' ? 'request' : this.#reach.stage;
    this.#enter('closed');
    this.#path.deadlines.clear(this);
    this.updateCounters();
    this.#peeked = undefined;
    // The client was sent everything, FIN included: the system may be at it still. A server learns that nobody waits.
    if (reason === 'idle' && this.#hasServerEnded) this.#client.close();
    // Resetting what has ended in order is harmless; what has not is cut.
    this.#client.reset();
    this.#server?.reset();
    this.#reach.release();
    this.#path.ended(this);
    const bytesFromClient = this.#countedFromClient;
    const bytesFromServer = this.#countedFromServer;
    const end = { server, reason, error, bytesFromClient, bytesFromServer };
    this.report.closed('sessionClosed', end);
    // A client that ended its direction has nothing more to say.
    const idle = this.#hasClientEnded ? 'serverTimeout' : 'clientTimeout';
    const firstByteMs = this.#server?.firstReadMs ?? -1;
    this.report.ended(end, { protocol: 'tcp', course: this.#reach, phase, idle, firstByteMs });
  }

  describe(): SessionOverview {
    return this.report.describe(this.server, this.#client.bytesRead, this.#server?.bytesRead ?? 0);
  }

  /** Adds what moved since the last call to the counters of service and server. */
  updateCounters(): void {
    // What was peeked at counts for the server that gets it.
    if (this.#state === 'peeking' || this.#state === 'reaching') return;
    const fromClient = this.#client.bytesRead;
    const fromServer = this.#server?.bytesRead ?? 0;
    const { counters } = this.#path.context;
    counters.bytesFromClients += fromClient - this.#countedFromClient;
    counters.bytesFromServers += fromServer - this.#countedFromServer;
    // What is peeked at to the end reaches no server.
    const server = this.#peeked === undefined ? this.server : undefined;
    if (server !== undefined) {
      server.bytesFromClients += fromClient - this.#countedFromClient;
      server.bytesFromServer += fromServer - this.#countedFromServer;
    }
    this.#countedFromClient = fromClient;
    this.#countedFromServer = fromServer;
  }

  onRelayed(): void {
    // Relays here have no limit.
  }

  onDrain(): void {
    // Nothing is written outside of the relays.
  }

  /** The state has lasted as long as it may. */
  onDeadline(): void {
    if (this.#state === 'peeking') this.#look(true);
    else if (this.#state === 'relaying') this.#closeIfIdle();
  }

  /** Nobody looked at the clock while bytes moved: if they did, the limit begins again. */
  #closeIfIdle(): void {
    // A FIN counts as activity: the other side must have time to answer it.
    const lastMs = Math.max(this.#client.lastActiveMs, this.#server?.lastActiveMs ?? 0, this.#halfClosedMs);
    const restMs = lastMs + this.#idleLimitMs - this.#path.context.runtime.clock.nowMs();
    if (restMs > 0) this.#unacknowledged = 0;
    if (restMs > 0) this.#limit(restMs);
    else if (this.#isTaken()) this.#limit(this.#idleLimitMs);
    else this.#close('idle', 'SLUICE_ERR_IDLE');
  }

  /** A side still takes what the system has to send: that shows from one look to the next, so the first one waits. */
  #isTaken(): boolean {
    const before = this.#unacknowledged;
    this.#unacknowledged = this.#client.unacknowledgedBytes + (this.#server?.unacknowledgedBytes ?? 0);
    return before === 0 ? this.#unacknowledged > 0 : this.#unacknowledged < before;
  }

  get #idleLimitMs(): number {
    const { idleTimeoutMs, halfCloseTimeoutMs } = this.#path.options;
    return this.#halfClosedMs === -Infinity ? idleTimeoutMs : Math.min(idleTimeoutMs, halfCloseTimeoutMs);
  }

  /** Sets how long the present state may last, in place of any earlier limit. */
  #limit(limitMs: number): void {
    const { deadlines } = this.#path;
    if (limitMs === Infinity) deadlines.clear(this);
    else deadlines.set(this, limitMs);
  }

  #enter(next: State): void {
    assertTransition('A TCP session', transitions, this.#state, next);
    this.#state = next;
  }

  /** Its connect took too long. */
  #isGivenUp(connection: Connection): boolean {
    return connection !== this.#client && connection !== this.#server;
  }

  #other(connection: Connection): Connection | undefined {
    return connection === this.#client ? this.#server : this.#client;
  }
}

function reasonOf(error: SluiceError | undefined, isClients: boolean): CloseReason {
  if (error?.code === 'SLUICE_ERR_INTERNAL') return 'internal';
  return isClients ? 'client-reset' : 'server-reset';
}
