import type { RefusalReason } from '../facts/service-events.ts';
import type { Durations } from './durations.ts';

/** The counters of one listener, kept by its data path. Monomorphic: incremented on the hot path. */
export class TrafficCounters {
  /** Client connections (TCP, HTTP) or flows (UDP) now. */
  sessions = 0;
  sessionsTotal = 0;
  /** HTTP requests that were answered, by a server or by the listener itself. */
  exchangesTotal = 0;
  /** Clients turned away: no server, queue, limits, bad requests. */
  refusedTotal = 0;
  /** The same by reason. */
  readonly refusals: Record<RefusalReason, number> = noRefusals();
  /** Datagrams that were dropped: empty pool, full table, unknown sender. */
  droppedTotal = 0;
  bytesFromClients = 0;
  bytesFromServers = 0;
  /** How long things take; undefined while nobody wants to know. */
  durations: Durations | undefined = undefined;
}

/** Every reason to refuse, with a count of zero. */
export function noRefusals(): Record<RefusalReason, number> {
  return { 'no-server': 0, 'queue-full': 0, 'queue-timeout': 0, 'bad-request': 0, timeout: 0 };
}

/** Ids are taken in blocks, so that threads rarely meet at the shared counter. */
const idsPerBlock = 4096;

/** How many blocks all threads have taken. */
let blocks = new Int32Array(new SharedArrayBuffer(4));
let lastSessionId = 0;
let lastOfBlock = 0;

/** The next session id, unique within the process. Hot path. */
export function nextSessionId(): number {
  if (lastSessionId === lastOfBlock) takeBlock();
  lastSessionId += 1;
  return lastSessionId;
}

function takeBlock(): void {
  lastSessionId = Atomics.add(blocks, 0, 1) * idsPerBlock;
  lastOfBlock = lastSessionId + idsPerBlock;
}

/** What another thread needs to give out ids that are nobody else's. */
export function sharedSessionIds(): SharedArrayBuffer {
  return blocks.buffer;
}

/** For a new thread, before it gives out its first id. */
export function useSessionIds(memory: SharedArrayBuffer): void {
  blocks = new Int32Array(memory);
}
