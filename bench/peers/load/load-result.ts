/** What a load generator did. */
export interface LoadResult {
  /** Bytes, requests or datagrams. */
  readonly units: number;
  readonly seconds: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

/** The result with the latencies' median and 99th percentile; sorts them. */
export function withLatencies(units: number, seconds: number, latenciesMs: number[]): LoadResult {
  if (latenciesMs.length === 0) return { units, seconds };
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number): number =>
    latenciesMs[Math.min(latenciesMs.length - 1, Math.floor(latenciesMs.length * share))] ?? 0;
  return { units, seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}
