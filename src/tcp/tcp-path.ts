import { DrainGate } from '../base/drain-gate.ts';
import { Roster } from '../base/roster.ts';
import type { Connection } from '../engine/engine.ts';
import type { Server } from '../model/server.ts';
import { Deadlines } from '../runtime/deadlines.ts';
import type { ConnectionPath } from '../path/data-path.ts';
import type { PathContext } from '../path/path-context.ts';
import type { SessionOverview } from '../path/session-overview.ts';
import type { ReachContext } from '../reach/reach.ts';
import type { CloseReason } from '../facts/service-events.ts';
import type { Peeking } from './peek.ts';
import type { ResolvedTcpOptions } from './tcp-options.ts';
import { TcpSession, type TcpSessionOwner } from './tcp-session.ts';

/** TCP mode: every accepted connection becomes one {@link TcpSession}. */
export class TcpPath implements ConnectionPath, TcpSessionOwner {
  readonly context: PathContext;
  readonly options: ResolvedTcpOptions;
  readonly peeking: Peeking | undefined;
  readonly deadlines: Deadlines;
  readonly reach: ReachContext;
  readonly #sessions = new Roster<TcpSession>();
  readonly #drained = new DrainGate();

  /** @param peeking how clients are looked at before a server is chosen; without it, they are not */
  constructor(context: PathContext, options: ResolvedTcpOptions, peeking?: Peeking) {
    this.context = context;
    this.options = options;
    this.peeking = peeking;
    this.deadlines = new Deadlines(context.runtime.clock);
    this.reach = {
      context,
      deadlines: this.deadlines,
      mayWait: context.pool.options.maxQueued > 0,
      maxConnectAttempts: options.maxConnectAttempts,
      connectTimeoutMs: options.connectTimeoutMs,
      fallbackServer: undefined,
      hasFallback: false,
    };
  }

  get size(): number {
    return this.#sessions.size;
  }

  onAccept(connection: Connection): void {
    const session = new TcpSession(this, connection);
    this.#sessions.add(session);
    this.context.counters.sessions += 1;
    this.context.counters.sessionsTotal += 1;
    session.start();
  }

  /** For a session: it is over. */
  ended(session: TcpSession): void {
    this.#sessions.delete(session);
    this.context.counters.sessions -= 1;
    this.context.sessionEnded();
    if (this.#sessions.size === 0) this.#drained.open();
  }

  drain(): Promise<void> {
    return this.#sessions.size === 0 ? Promise.resolve() : this.#drained.wait();
  }

  abort(reason: CloseReason, server?: Server): number {
    let aborted = 0;
    for (const session of this.#sessions) {
      if (server !== undefined && session.server !== server) continue;
      session.abort(reason);
      aborted += 1;
    }
    return aborted;
  }

  describeSessions(): readonly SessionOverview[] {
    return Array.from(this.#sessions, (session) => session.describe());
  }

  updateCounters(): void {
    for (const session of this.#sessions.items) session.updateCounters();
  }
}
