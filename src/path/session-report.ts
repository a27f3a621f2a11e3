import type { ErrorCode, ErrorSide } from '../base/errors.ts';
import type { Client } from '../model/client.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import type { Server } from '../model/server.ts';
import type { PathContext } from './path-context.ts';
import type { CloseReason, RefusalReason } from '../facts/service-events.ts';
import { nextSessionId } from './traffic-counters.ts';

/** How a session or flow ended, for its report. */
export interface SessionEnd {
  readonly server: Server | undefined;
  readonly reason: CloseReason;
  readonly error: ErrorCode | undefined;
  readonly bytesFromClient: number;
  readonly bytesFromServer: number;
}

/**
 * Publishes the facts of one session or flow. A fact is built only where somebody listens, so an unobserved
 * listener pays one look-up each.
 */
export class SessionReport {
  readonly sessionId = nextSessionId();
  readonly #context: PathContext;
  readonly #client: Client;
  readonly #startedMs: number;

  constructor(context: PathContext, client: Client) {
    this.#context = context;
    this.#client = client;
    this.#startedMs = context.runtime.clock.nowMs();
  }

  opened(name: 'sessionOpened' | 'flowOpened', server: Server | undefined): void {
    const { facts, service } = this.#context;
    if (facts.listenerCount(name) === 0) return;
    facts.publish(name, {
      service,
      sessionId: this.sessionId,
      client: this.#clientText(),
      server: server?.name,
      atMs: this.#wallMs(),
    });
  }

  closed(name: 'sessionClosed' | 'flowClosed', end: SessionEnd): void {
    const { facts, service, runtime } = this.#context;
    if (facts.listenerCount(name) === 0) return;
    facts.publish(name, {
      service,
      sessionId: this.sessionId,
      client: this.#clientText(),
      server: end.server?.name,
      reason: end.reason,
      error: end.error,
      bytesFromClient: end.bytesFromClient,
      bytesFromServer: end.bytesFromServer,
      durationMs: runtime.clock.nowMs() - this.#startedMs,
      atMs: this.#wallMs(),
    });
  }

  connectFailed(server: Server, error: ErrorCode, side: ErrorSide): void {
    const { facts, service } = this.#context;
    if (facts.listenerCount('connectFailed') === 0) return;
    const client = this.#clientText();
    const atMs = this.#wallMs();
    facts.publish('connectFailed', { service, client, server: server.name, error, side, atMs });
  }

  /** Counts the refusal too. */
  refused(reason: RefusalReason): void {
    const { facts, service, counters } = this.#context;
    counters.refusedTotal += 1;
    if (facts.listenerCount('clientRefused') === 0) return;
    facts.publish('clientRefused', { service, client: this.#clientText(), reason, atMs: this.#wallMs() });
  }

  #wallMs(): number {
    return this.#context.runtime.clock.wallMs();
  }

  #clientText(): string {
    return formatEndpoint(this.#client.address.toString(), this.#client.port);
  }
}
