// Over 250 lines because it is one state machine, and each step guards against handlers that end everything.
import type { ErrorCode, ErrorSide } from '../base/errors.ts';
import type { Client } from '../model/client.ts';
import type { Server } from '../model/server.ts';
import type { DurationKind } from '../path/durations.ts';
import type { PathContext } from '../path/path-context.ts';
import type { SessionReport } from '../path/session-report.ts';
import { Lease } from '../pool/lease.ts';
import type { Waiter } from '../pool/wait-queue.ts';
import { Course } from '../records/course.ts';
import type { Deadlines, Expiring } from '../runtime/deadlines.ts';

/** Why a client gets no server. */
export type Unreachable = 'no-server' | 'queue-full' | 'queue-timeout';

/**
 * What became of a connect:
 *
 * - `connecting`: it is under way, and its outcome comes as `connected` or `failed`
 * - `ready`: there is a connection already
 * - `impossible`: this machine has no room for one
 */
export type ConnectOutcome = 'connecting' | 'ready' | 'impossible';

/** Who seeks a server. Everything may be called from within a call of `Reach`. */
export interface ReachUser {
  /** Tells what happens on the way. */
  readonly report: SessionReport;
  /** Where the client has a connection of its own; undefined for anybody without one. */
  readonly ownServer: Server | undefined;
  /** The server is chosen: connects to it. */
  connectTo(server: Server): ConnectOutcome;
  /** The connect takes too long: drops it, and tells it as failed. */
  onConnectTimeout(): void;
  /** The server of `reach.server` is there. Nothing was sent to it for this client yet. */
  onReached(): void;
  onUnreachable(why: Unreachable): void;
}

/** What all clients of one data path share on their way to a server. */
export interface ReachContext {
  readonly context: PathContext;
  readonly deadlines: Deadlines;
  /** Whether a client waits while every suitable server is full. */
  readonly mayWait: boolean;
  /** Servers that are tried for one client, 1 or more. */
  readonly maxConnectAttempts: number;
  readonly connectTimeoutMs: number;
  /** Gets the clients that the pool has no server for. It is in no pool: nothing balances to it or remembers it. */
  readonly fallbackServer: Server | undefined;
  /** Whether there is such a server, or something else that answers then. */
  readonly hasFallback: boolean;
}

type Phase = 'idle' | 'queued' | 'connecting' | 'reached';

/**
 * One client's way to a server, the same for a TCP session, an HTTP exchange and a UDP flow:
 *
 *     idle ──start──▶ select ──────▶ connecting ──connected──▶ reached ──release──▶ idle
 *                      │  ▲ └─▶ queued ──┘▲ │
 *                      ▼  └───── next ──────┘ failed
 *                 unreachable
 *
 * Nothing was sent before `reached`, so the next server is always safe. Reused by the exchanges of one connection.
 *
 * Invariant: the lease is held in `connecting` and `reached`, except on the way to the fallback, which needs none.
 */
export class Reach extends Course implements Waiter, Expiring {
  deadlineIndex = -1;
  dueMs = 0;
  readonly lease = new Lease();
  /** Where the client goes: the server of the lease, or the fallback. */
  server: Server | undefined = undefined;
  readonly #path: ReachContext;
  readonly #client: Client;
  readonly #user: ReachUser;
  #phase: Phase = 'idle';
  /** When it began to wait, or to connect. */
  #sinceMs = 0;
  #queuedMs = -1;
  /** Counts releases. A handler of a fact may end everything, so it is compared after each fact. */
  #releases = 0;

  constructor(path: ReachContext, client: Client, user: ReachUser) {
    super();
    this.#path = path;
    this.#client = client;
    this.#user = user;
  }

  /** Hot path. */
  start(): void {
    if (!this.#select()) this.#wait();
  }

  /** The connect that was under way has succeeded. */
  connected(): void {
    const releases = this.#releases;
    this.#path.deadlines.clear(this);
    this.#measured('connect');
    this.answered();
    if (releases === this.#releases) this.#reached(this.#path.context.runtime.clock.nowMs());
  }

  /** The server is known to be there, which passive health learns. */
  answered(): void {
    this.#path.context.selector.connected(this.lease);
  }

  /** A connection that was there already is of no use, and another one to the same server is under way. */
  connectsAnew(): void {
    this.#phase = 'connecting';
    this.stage = 'connect';
    this.#limit(this.#path.connectTimeoutMs);
  }

  /** The server could not be reached. @returns whether to try the `next` one: false where all was released meanwhile */
  failed(error: ErrorCode, side: ErrorSide): boolean {
    const { server } = this;
    this.failure = error;
    this.failureSide = side;
    const releases = this.#releases;
    this.#path.deadlines.clear(this);
    if (server !== undefined) this.#user.report.connectFailed(server, error, side);
    if (releases !== this.#releases) return false;
    this.#path.context.selector.connectFailed(this.#client, this.lease, side);
    return releases === this.#releases;
  }

  /** Goes to another server, if the attempts are not used up. */
  next(): void {
    const { fallbackServer, maxConnectAttempts } = this.#path;
    const hasFallenBack = this.server !== undefined && this.server === fallbackServer;
    this.server = undefined;
    if (hasFallenBack) this.#giveUp('no-server');
    else if (this.lease.tried.length >= maxConnectAttempts) this.#fallBack();
    else this.start();
  }

  /** Gives back what is held, in any state. Idempotent. Hot path. */
  release(): void {
    const { context, deadlines } = this.#path;
    this.#leaveQueue();
    deadlines.clear(this);
    this.#phase = 'idle';
    this.#releases += 1;
    this.server = undefined;
    context.selector.release(this.lease);
  }

  /** @returns false where every suitable server is full */
  #select(): boolean {
    const { context, mayWait } = this.#path;
    const releases = this.#releases;
    this.lease.bound = this.#user.ownServer;
    this.lease.sessionId = this.#user.report.sessionId;
    const selection = context.selector.select(this.#client, this.lease, mayWait);
    if (this.startedMs === -1) this.startedMs = context.selector.selectionTime.nowMs;
    if (releases !== this.#releases) return true;
    if (selection === 'wait') return false;
    this.#leaveQueue();
    if (this.lease.server !== undefined) this.#connect(this.lease.server);
    else this.#fallBack();
    return true;
  }

  #wait(): void {
    const { queue, options } = this.#path.context.pool;
    this.stage = 'queue';
    this.#queuedMs = this.#path.context.selector.selectionTime.nowMs;
    if (!queue.add(this)) {
      this.#turnAway('queue-full');
      return;
    }
    this.#phase = 'queued';
    this.#limit(options.queueTimeoutMs);
  }

  onTurn(): boolean {
    return this.#phase !== 'queued' || this.#select();
  }

  #leaveQueue(): void {
    if (this.#phase !== 'queued') return;
    this.waitedMs += this.#path.context.runtime.clock.nowMs() - this.#queuedMs;
    this.#path.context.pool.queue.remove(this);
    this.#path.deadlines.clear(this);
    this.#phase = 'idle';
    this.#measured('queue');
  }

  #connect(server: Server): void {
    this.server = this.chosen = server;
    this.pick = this.lease.server === undefined ? 'fallback' : this.lease.reason;
    this.tries = this.lease.tried.length;
    this.stage = 'connect';
    this.reachedMs = -1;
    this.#phase = 'connecting';
    const outcome = this.#user.connectTo(server);
    if (outcome === 'connecting') this.#limit(this.#path.connectTimeoutMs);
    else if (outcome === 'ready') this.#reached(this.#path.context.selector.selectionTime.nowMs);
    else this.release();
  }

  #reached(nowMs: number): void {
    this.#phase = 'reached';
    this.reachedMs = nowMs;
    this.stage = 'data';
    this.#user.onReached();
  }

  /** The pool has no server for this client. */
  #fallBack(): void {
    const { context, fallbackServer, hasFallback } = this.#path;
    const releases = this.#releases;
    this.stage = 'connect';
    this.pick = hasFallback ? 'fallback' : 'none';
    this.tries = this.lease.tried.length;
    context.selector.report(this.#client, this.lease, this.pick);
    if (releases !== this.#releases) return;
    if (fallbackServer === undefined) this.#giveUp('no-server');
    else this.#connect(fallbackServer);
  }

  /** The pool has a server, and no room. */
  #turnAway(why: 'queue-full' | 'queue-timeout'): void {
    const releases = this.#releases;
    this.pick = 'none';
    this.#path.context.selector.report(this.#client, this.lease, 'none');
    if (releases === this.#releases) this.#giveUp(why);
  }

  #giveUp(why: Unreachable): void {
    this.#phase = 'idle';
    this.#user.onUnreachable(why);
  }

  /** The phase has lasted as long as it may. */
  onDeadline(): void {
    if (this.#phase === 'queued') {
      this.#leaveQueue();
      this.#turnAway('queue-timeout');
    } else if (this.#phase === 'connecting') {
      this.#user.onConnectTimeout();
    }
  }

  /** The phase begins, and may last so long. */
  #limit(limitMs: number): void {
    this.#sinceMs = this.#path.context.runtime.clock.nowMs();
    if (limitMs !== Infinity) this.#path.deadlines.set(this, limitMs);
  }

  #measured(kind: DurationKind): void {
    const { counters, runtime } = this.#path.context;
    counters.durations?.add(kind, runtime.clock.nowMs() - this.#sinceMs);
  }
}
