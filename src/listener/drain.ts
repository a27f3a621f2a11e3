import { OptionReader } from '../options.ts';
import type { Server } from '../model/server.ts';
import type { Pool } from '../pool/pool.ts';
import type { CloseReason } from '../service/service-events.ts';
import type { ServiceContext } from '../service/service-context.ts';

/** Which server is drained, and for how long at most. */
export interface DrainOptions {
  /** The server's name. */
  readonly server: string;
  /**
   * When to cut the sessions that are left, and to halt the server so that persistent clients do not come
   * back. Milliseconds, 0 to 2^31-1, or Infinity. Without it, a drain lasts as long as persistent clients
   * keep calling.
   */
  readonly deadlineMs?: number;
}

/**
 * - `empty`: the last session ended by itself
 * - `deadline`: what was left was cut, and the server is halted
 * - `cancelled`: somebody gave another order meanwhile
 */
export type DrainOutcome = 'empty' | 'deadline' | 'cancelled';

/** Of two outcomes, that of the drain which did not end by itself. */
export function worseOutcome(a: DrainOutcome, b: DrainOutcome): DrainOutcome {
  return a === 'empty' || b === 'cancelled' ? b : a;
}

/** What a drain acts upon. */
export interface Draining {
  readonly pool: Pool;
  /** Undefined while the service is stopped: there is nothing to wait for. */
  readonly context: ServiceContext | undefined;
  abort(reason: CloseReason, server: Server): number;
}

/**
 * Takes no new clients to a server and waits until its sessions are over, or cuts them at the deadline.
 *
 * @throws SluiceError `SLUICE_ERR_NOT_FOUND` for an unknown server
 * @throws OptionsError for a deadline out of range
 */
export async function drainServer(service: Draining, options: DrainOptions): Promise<DrainOutcome> {
  const reader = new OptionReader('drain', options);
  const name = reader.string('server');
  const deadlineMs = reader.limit('deadlineMs', { min: 0, max: 2 ** 31 - 1, default: Infinity });
  reader.finish();
  const { pool, context } = service;
  const server = pool.require(name);
  pool.setAdminState(name, 'drain');
  if (context === undefined) return 'empty';

  const { clock } = context.runtime;
  const dueMs = clock.nowMs() + deadlineMs;
  let aborted = 0;
  const cut = (): void => {
    pool.setAdminState(name, 'halt');
    aborted = service.abort('drain-deadline', server);
  };
  using _deadline = deadlineMs === Infinity ? undefined : clock.schedule(deadlineMs, cut);
  const inForce = pool.inForce();
  // Until then a thread that has not heard of it may still give the server a session.
  if (inForce !== undefined) await inForce;
  while (server.sessions > 0 && server.adminState === 'drain') await pool.settled(server);
  if (server.adminState === 'online' || (server.adminState === 'halt' && clock.nowMs() < dueMs))
    return 'cancelled';

  const reason = server.adminState === 'halt' ? 'deadline' : 'empty';
  context.facts.publish('drainFinished', {
    service: context.service,
    server: name,
    reason,
    aborted,
    atMs: clock.wallMs(),
  });
  return reason;
}
