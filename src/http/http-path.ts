import { DrainGate } from '../base/drain-gate.ts';
import { Roster } from '../base/roster.ts';
import type { Connection } from '../engine/engine.ts';
import type { Server } from '../model/server.ts';
import type { Timer } from '../runtime/runtime.ts';
import type { ConnectionPath } from '../path/data-path.ts';
import type { PathContext } from '../path/path-context.ts';
import type { SessionOverview } from '../path/session-overview.ts';
import type { CloseReason } from '../facts/service-events.ts';
import { ClientConnection, type ClientConnectionOwner } from './client-connection.ts';
import type { ResolvedHttpOptions } from './http-options.ts';
import { HttpContext } from './http-context.ts';

/** Time limits are checked at least, and at most, this often; in between, as the shortest limit asks. */
const maxTickMs = 500;
const minTickMs = 5;

/**
 * HTTP mode: every accepted connection becomes one {@link ClientConnection}.
 *
 * One timer keeps the time limits of all requests and responses: it looks at all connections now and then. (The way
 * to a server keeps its own.) A look judges by the time of the look before it: what happened until then was read in
 * between, even where this process stood still and everything waited in the kernel. So a limit is met late by up to
 * two pauses between looks. A pause is a quarter of the shortest limit, 500 ms at most.
 */
export class HttpPath implements ConnectionPath, ClientConnectionOwner {
  readonly #http: HttpContext;
  readonly #connections = new Roster<ClientConnection>();
  readonly #tickMs: number;
  #ticking: Timer | undefined = undefined;
  #lastTickMs = -Infinity;
  readonly #drained = new DrainGate();

  constructor(context: PathContext, options: ResolvedHttpOptions) {
    this.#http = new HttpContext(context, options);
    this.#tickMs = tickOf(options);
  }

  get size(): number {
    return this.#connections.size;
  }

  onAccept(connection: Connection): void {
    const { counters } = this.#http.context;
    counters.sessions += 1;
    counters.sessionsTotal += 1;
    this.#connections.add(new ClientConnection(this.#http, this, connection));
    if (this.#ticking === undefined) this.#scheduleTick();
  }

  clientClosed(connection: ClientConnection): void {
    if (!this.#connections.delete(connection)) return;
    this.#http.context.counters.sessions -= 1;
    this.#http.context.sessionEnded();
    if (this.size === 0) this.#emptied();
  }

  /**
   * Where idle connections stay, each is told `Connection: close` with its next answer, as with HAProxy's
   * `idle-close-on-response`; the keep-alive time bounds how long they may be silent.
   */
  drain(keepsIdle = false): Promise<void> {
    if (keepsIdle) {
      this.#http.isReplaced = true;
    } else {
      this.#http.isDraining = true;
      for (const connection of this.#connections) connection.closeIfIdle();
    }
    const drained = this.#drained.wait();
    if (this.size === 0) this.#emptied();
    return drained;
  }

  describeSessions(): readonly SessionOverview[] {
    return Array.from(this.#connections, ({ report, exchange, connection }) =>
      report.describe(exchange.record.server, connection.bytesRead, connection.bytesWritten),
    );
  }

  /** Cuts client connections, or the exchanges of one server: those that had no response yet are answered 502. */
  abort(reason: CloseReason, server?: Server): number {
    let aborted = 0;
    for (const connection of this.#connections) {
      if (server === undefined) connection.cut(reason);
      else if (connection.exchange.server === server) connection.exchange.serverLost(reason);
      else continue;
      aborted += 1;
    }
    this.#http.servers.closeIdle(server);
    return aborted;
  }

  updateCounters(): void {
    for (const connection of this.#connections.items) connection.updateCounters();
  }

  #emptied(): void {
    if (!this.#drained.isAwaited) return;
    this.#http.servers.closeIdle();
    this.#drained.open();
  }

  #scheduleTick(): void {
    // The connections keep the process alive, and without them there is nothing to look at.
    const tick = (): void => this.#tick();
    this.#ticking = this.#http.context.runtime.clock.schedule(this.#tickMs, tick, true);
  }

  #tick(): void {
    const judgedMs = this.#lastTickMs;
    this.#lastTickMs = this.#http.context.runtime.clock.nowMs();
    this.#ticking = undefined;
    for (const connection of this.#connections) connection.checkTime(judgedMs);
    this.#http.servers.expire(judgedMs);
    if (this.size > 0 || this.#http.servers.size > 0) this.#scheduleTick();
  }
}

function tickOf(options: ResolvedHttpOptions): number {
  const shortestMs = Math.min(
    options.headTimeoutMs,
    options.keepAliveTimeoutMs,
    options.bodyTimeoutMs,
    options.lingerTimeoutMs,
    options.responseTimeoutMs,
    options.tunnelTimeoutMs,
    options.serverIdleTimeoutMs,
  );
  return Math.max(minTickMs, Math.min(maxTickMs, shortestMs / 4));
}
