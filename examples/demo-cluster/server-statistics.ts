/** What one demo server has done since it was made. */
export interface ServerStatistics {
  /** Associations that were accepted. */
  associations: number;
  echoes: number;
  stores: number;
  finds: number;
  /** Pages and `/whoami` answers; health checks by HEAD do not count. */
  webHits: number;
  /** Name queries and node status requests that were answered, over UDP and TCP. */
  nameQueries: number;
}

export function emptyStatistics(): ServerStatistics {
  return { associations: 0, echoes: 0, stores: 0, finds: 0, webHits: 0, nameQueries: 0 };
}
