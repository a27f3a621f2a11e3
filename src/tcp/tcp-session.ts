import type { Connection, ConnectionHandler } from '../engine/engine.ts';
import { SluiceError, type ErrorCode } from '../base/errors.ts';
import { AddressClient } from '../model/client.ts';
import type { Server } from '../model/server.ts';
import { Lease } from '../pool/lease.ts';
import type { Waiter } from '../pool/wait-queue.ts';
import type { Deadlines, Expiring } from '../runtime/deadlines.ts';
import type { CloseReason, RefusalReason } from '../facts/service-events.ts';
import { SessionReport } from '../path/session-report.ts';
import { assertTransition, type Transitions } from '../base/state-machine.ts';
import type { PathContext } from '../path/path-context.ts';
import type { ResolvedTcpOptions } from './tcp-options.ts';

/** The data path that a session belongs to. */
export interface TcpSessionOwner {
  readonly context: PathContext;
  readonly options: ResolvedTcpOptions;
  readonly deadlines: Deadlines;
  /** The session is over; called last, once. */
  ended(session: TcpSession): void;
}

type State = 'accepted' | 'waiting' | 'connecting' | 'relaying' | 'closed';

const transitions: Transitions<State> = {
  accepted: ['waiting', 'connecting', 'closed'],
  waiting: ['connecting', 'closed'],
  connecting: ['connecting', 'waiting', 'relaying', 'closed'],
  relaying: ['closed'],
  closed: [],
};

/**
 * One proxied TCP connection, from accept to close:
 *
 *     accepted ──select──▶ connecting ──onConnect──▶ relaying ──▶ closed
 *         └──▶ waiting ──onTurn──┘ ▲ └─┘ refused or timed out: the next server
 *
 * Owns the client connection from the start and the server connection while there is one; both are gone
 * before the session ends. The lease is released exactly once, in `#close`. Until `relaying` nothing was sent
 * to a server, so trying another one is always safe. The client's bytes wait in the kernel meanwhile.
 */
export class TcpSession implements ConnectionHandler, Waiter, Expiring {
  rosterSlot = -1;
  deadlineIndex = -1;
  dueMs = 0;
  readonly #path: TcpSessionOwner;
  readonly #client: Connection;
  readonly #clientFacts: AddressClient;
  readonly #report: SessionReport;
  readonly #lease = new Lease();
  #server: Connection | undefined = undefined;
  #state: State = 'accepted';
  #connectTimedOut = false;
  #hasServerEnded = false;
  /** When the first side ended its direction. */
  #halfClosedMs = -Infinity;
  /** Bytes that both sides had not acknowledged when the limit was last met; 0 where bytes have moved since. */
  #unacknowledged = 0;
  #countedFromClient = 0;
  #countedFromServer = 0;

  constructor(path: TcpSessionOwner, client: Connection) {
    this.#path = path;
    this.#client = client;
    this.#clientFacts = new AddressClient(client.remoteAddress, client.remotePort);
    this.#report = new SessionReport(path.context, this.#clientFacts);
    client.handler = this;
  }

  /** The server of the lease, connected or not. */
  get server(): Server | undefined {
    return this.#lease.server;
  }

  start(): void {
    this.#select();
  }

  #select(): void {
    const { pool, selector } = this.#path.context;
    const selection = selector.select(this.#clientFacts, this.#lease, pool.options.maxQueued > 0);
    if (selection === 'selected') this.#connect();
    else if (selection === 'wait') this.#wait();
    else this.#refuse('no-server');
  }

  #wait(): void {
    const { pool } = this.#path.context;
    if (!pool.queue.add(this)) {
      this.#refuse('queue-full');
      return;
    }
    this.#enter('waiting');
    this.#limit(pool.options.queueTimeoutMs);
  }

  onTurn(): boolean {
    if (this.#state !== 'waiting') return true;
    const selection = this.#path.context.selector.select(this.#clientFacts, this.#lease, true);
    if (selection === 'wait') return false;
    if (selection === 'selected') this.#connect();
    else this.#refuse('no-server');
    return true;
  }

  #connect(): void {
    const { engine, pool, quickAck } = this.#path.context;
    const server = this.#lease.server;
    if (server === undefined) return;
    this.#enter('connecting');
    this.#connectTimedOut = false;
    this.#server = engine.connect({ host: server.host, port: pool.portOf(server), quickAck }, this);
    this.#limit(this.#path.options.connectTimeoutMs);
  }

  onConnect(server: Connection): void {
    if (this.#state !== 'connecting') return;
    this.#enter('relaying');
    this.#path.context.selector.connected(this.#lease);
    this.#client.relay(server);
    server.relay(this.#client);
    this.#limit(this.#idleLimitMs);
    this.#report.opened('sessionOpened', this.#lease.server);
  }

  /** One side ended its direction: the other side learns it the same way. */
  onEnd(connection: Connection): void {
    this.#other(connection)?.end();
    if (connection === this.#server) this.#hasServerEnded = true;
    if (this.#halfClosedMs !== -Infinity || this.#state !== 'relaying') return;
    this.#halfClosedMs = this.#path.context.runtime.clock.nowMs();
    this.#limit(this.#idleLimitMs);
  }

  onClose(connection: Connection, error: SluiceError | undefined): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'connecting' && connection === this.#server) {
      this.#connectFailed(error);
    } else if (error !== undefined || this.#state !== 'relaying') {
      // A reset travels on as a reset.
      const side = connection === this.#client ? 'client-reset' : 'server-reset';
      this.#close(error?.code === 'SLUICE_ERR_INTERNAL' ? 'internal' : side, error?.code);
    } else if (this.#other(connection)?.isClosed !== false) {
      this.#close('finished', undefined);
    }
  }

  /** Nothing was sent yet: another server may try, until the attempts are used up. */
  #connectFailed(error: SluiceError | undefined): void {
    const { context, options } = this.#path;
    const code = this.#connectTimedOut ? 'SLUICE_ERR_CONNECT_TIMEOUT' : (error?.code ?? 'SLUICE_ERR_CONNECT');
    const side = this.#connectTimedOut ? 'server' : (error?.side ?? 'server');
    if (this.#lease.server !== undefined) this.#report.connectFailed(this.#lease.server, code, side);
    this.#server = undefined;
    this.#path.deadlines.clear(this);
    context.selector.connectFailed(this.#clientFacts, this.#lease, side);
    if (this.#lease.tried.length >= options.maxConnectAttempts) this.#refuse('no-server');
    else this.#select();
  }

  /** Nobody can serve this client: reset it, count it, tell it. */
  #refuse(reason: RefusalReason): void {
    this.#path.context.selector.report(this.#clientFacts, this.#lease, 'none');
    this.#report.refused(reason);
    this.#close(this.#lease.tried.length > 0 ? 'connect-failed' : 'refused', 'SLUICE_ERR_NO_SERVER');
  }

  abort(reason: CloseReason): void {
    if (this.#state !== 'closed') this.#close(reason, undefined);
  }

  #close(reason: CloseReason, error: ErrorCode | undefined): void {
    const { context } = this.#path;
    this.#enter('closed');
    this.#path.deadlines.clear(this);
    context.pool.queue.remove(this);
    const server = this.#lease.server;
    this.updateCounters();
    // The client was sent everything, FIN included: the system may be at it still. A server learns that nobody waits.
    if (reason === 'idle' && this.#hasServerEnded) this.#client.close();
    // Resetting what has ended in order is harmless; what has not is cut.
    this.#client.reset();
    this.#server?.reset();
    context.selector.release(this.#lease);
    this.#path.ended(this);
    this.#report.closed('sessionClosed', {
      server,
      reason,
      error,
      bytesFromClient: this.#countedFromClient,
      bytesFromServer: this.#countedFromServer,
    });
  }

  /** Adds what moved since the last call to the counters of service and server. */
  updateCounters(): void {
    const fromClient = this.#client.bytesRead;
    const fromServer = this.#server?.bytesRead ?? 0;
    const { counters } = this.#path.context;
    counters.bytesFromClients += fromClient - this.#countedFromClient;
    counters.bytesFromServers += fromServer - this.#countedFromServer;
    const server = this.#lease.server;
    if (server !== undefined) {
      server.bytesFromClients += fromClient - this.#countedFromClient;
      server.bytesFromServer += fromServer - this.#countedFromServer;
    }
    this.#countedFromClient = fromClient;
    this.#countedFromServer = fromServer;
  }

  /** Never called: both directions are relayed by the engine. */
  onData(): void {
    throw new SluiceError('SLUICE_ERR_INTERNAL', 'A relayed TCP connection delivered data');
  }

  onRelayed(): void {
    // Relays here have no limit.
  }

  onDrain(): void {
    // Nothing is written outside of the relays.
  }

  /** The state has lasted as long as it may. */
  onDeadline(): void {
    switch (this.#state) {
      case 'waiting':
        this.#path.context.pool.queue.remove(this);
        this.#refuse('queue-timeout');
        break;
      case 'connecting':
        this.#connectTimedOut = true;
        this.#server?.reset();
        break;
      case 'relaying':
        this.#closeIfIdle();
        break;
      case 'accepted':
      case 'closed':
    }
  }

  /** Nobody looked at the clock while bytes moved: if they did, the limit begins anew. */
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

  /** Sets how long the present state may last, instead of any former limit. */
  #limit(limitMs: number): void {
    const { deadlines } = this.#path;
    if (limitMs === Infinity) deadlines.clear(this);
    else deadlines.set(this, limitMs);
  }

  #enter(next: State): void {
    assertTransition('A TCP session', transitions, this.#state, next);
    this.#state = next;
  }

  #other(connection: Connection): Connection | undefined {
    return connection === this.#client ? this.#server : this.#client;
  }
}
