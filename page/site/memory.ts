import type { EventEntry, LogEntry } from '../../src/records/log-entry.ts';
import type { AdminState } from '../../src/model/server.ts';

/** An order for a server in a service, as far as the log tells. */
export interface GivenOrder {
  readonly by: string;
  readonly atMs: number;
  /** What it was before: to undo it. */
  readonly previous: AdminState;
  /** Sessions when it was given; undefined where the page was not there. */
  readonly sessions: number | undefined;
}

/** What an overview does not say of a server in a service: since when, why, until when, and by whom. */
export interface Remembered {
  /** When its health last changed. */
  readonly healthSinceMs?: number;
  /** When passive health lets it in again. */
  readonly ejectedUntilMs?: number;
  readonly ejectedSinceMs?: number;
  readonly order?: GivenOrder;
}

const nothing: Remembered = {};

/** How many sessions a server has now in a service: of use when an order arrives. */
export type SessionsNow = (service: string, server: string) => number | undefined;

/** What log entries told of each server. Changed by `take` alone. */
export class Memory {
  readonly #byCell = new Map<string, Remembered>();

  of(service: string, server: string): Remembered {
    return this.#byCell.get(keyOf(service, server)) ?? nothing;
  }

  /** @param sessionsNow given with entries that have just happened */
  take(entry: LogEntry, sessionsNow: SessionsNow = () => undefined): void {
    if (entry.kind !== 'event' || entry.service === undefined) return;
    const server = entry['server'];
    if (typeof server !== 'string') return;
    const key = keyOf(entry.service, server);
    const before = this.#byCell.get(key) ?? nothing;
    const told = toldBy(entry, before, sessionsNow(entry.service, server));
    // What is told again, after a gap, is known better already.
    if (told?.order !== undefined && told.order.atMs === before.order?.atMs) return;
    if (told !== undefined) this.#byCell.set(key, { ...before, ...told });
  }
}

function toldBy(entry: EventEntry, before: Remembered, sessions: number | undefined): Remembered | undefined {
  const { event, atMs } = entry;
  if (event === 'serverHealthChanged') return { healthSinceMs: atMs };
  if (event === 'serverEjected')
    return { ejectedSinceMs: atMs, ejectedUntilMs: atMs + Number(entry['forMs']) };
  if (event !== 'serverAdminStateChanged') return undefined;
  const order = { by: namedBy(entry['by']), atMs, previous: entry['previous'] as AdminState, sessions };
  // A drain that ends as halt is one order, which began with what was before the drain.
  const isEnd = order.previous === 'drain' && entry['current'] === 'halt' && before.order !== undefined;
  return { order: isEnd ? { ...before.order, atMs } : order };
}

/** Names have no line ends. */
function keyOf(service: string, server: string): string {
  return `${service}\n${server}`;
}

/** `alice (claimed by sluice drain)` is alice. */
export function namedBy(by: unknown): string {
  return typeof by === 'string' ? by.replace(/ \(claimed by .*\)$/u, '') : '';
}
