import { Roster } from '../roster.ts';
import type { Connection } from '../engine/engine.ts';
import type { Server } from '../model/server.ts';
import { Deadlines } from '../runtime/deadlines.ts';
import type { DataPath } from '../service/data-path.ts';
import type { ServiceContext } from '../service/service-context.ts';
import type { CloseReason } from '../service/service-events.ts';
import type { ResolvedTcpOptions } from './tcp-options.ts';
import { TcpSession, type TcpSessionOwner } from './tcp-session.ts';

/** TCP mode: every accepted connection becomes one {@link TcpSession}. */
export class TcpPath implements DataPath, TcpSessionOwner {
  readonly context: ServiceContext;
  readonly options: ResolvedTcpOptions;
  readonly deadlines: Deadlines;
  readonly #sessions = new Roster<TcpSession>();
  readonly #onEmpty: (() => void)[] = [];

  constructor(context: ServiceContext, options: ResolvedTcpOptions) {
    this.context = context;
    this.options = options;
    this.deadlines = new Deadlines(context.runtime.clock);
  }

  get size(): number {
    return this.#sessions.size;
  }

  onAccept(connection: Connection): void {
    const session = new TcpSession(this, connection);
    this.#sessions.add(session);
    this.context.stats.sessions += 1;
    this.context.stats.sessionsTotal += 1;
    session.start();
  }

  /** For a session: it is over. */
  ended(session: TcpSession): void {
    this.#sessions.delete(session);
    this.context.stats.sessions -= 1;
    this.context.sessionEnded();
    if (this.#sessions.size > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  drain(): Promise<void> {
    if (this.#sessions.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onEmpty.push(resolve));
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

  updateCounters(): void {
    for (const session of this.#sessions) session.updateCounters();
  }
}
