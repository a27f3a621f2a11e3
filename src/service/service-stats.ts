/** The counters of one listener, kept by its data path. Monomorphic: incremented on the hot path. */
export class ServiceStats {
  /** Client connections (TCP, HTTP) or flows (UDP) now. */
  sessions = 0;
  sessionsTotal = 0;
  /** HTTP requests that were answered, by a server or by the service itself. */
  exchangesTotal = 0;
  /** Clients turned away: no server, queue, limits, bad requests. */
  refusedTotal = 0;
  /** Datagrams that were dropped: empty pool, full table, unknown sender. */
  droppedTotal = 0;
  bytesFromClients = 0;
  bytesFromServers = 0;
}

let lastSessionId = 0;

/** The next session id, unique within the process. */
export function nextSessionId(): number {
  lastSessionId += 1;
  return lastSessionId;
}
