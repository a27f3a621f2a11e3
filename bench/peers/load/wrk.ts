import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { LoadResult } from './load-result.ts';

/** HTTP load by `wrk`: one thread, as many connections as told, each waiting for its response. */
export interface WrkQuestion {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly milliseconds: number;
  readonly headers: readonly string[];
}

/** @throws where more than one request in a hundred failed */
export async function runWrk({
  port,
  path,
  connections,
  milliseconds,
  headers,
}: WrkQuestion): Promise<LoadResult> {
  const seconds = Math.ceil(milliseconds / 1000) + 1;
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency'];
  const headerArgs = headers.flatMap((header) => ['-H', header]);
  const child = spawn('/usr/bin/wrk', [...options, ...headerArgs, `http://127.0.0.1:${port}${path}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let report = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    report += text;
  });
  // It counts whole seconds only; interrupted, it reports what it has.
  const limit = setTimeout(() => child.kill('SIGINT'), milliseconds);
  await once(child, 'close');
  clearTimeout(limit);
  return readReport(report);
}

export function readReport(report: string): LoadResult {
  const [, requests, took, unit] = /(\d+) requests in ([\d.]+)(us|ms|s|m)/.exec(report) ?? [];
  if (requests === undefined || took === undefined) throw new Error(`wrk said: ${report.slice(0, 300)}`);
  const units = Number(requests);
  const failed = failures(report);
  if (units === 0 || failed > units / 100) throw new Error(`${failed} of ${units} requests failed`);
  const p50Ms = latencyMs(report, 50);
  const p99Ms = latencyMs(report, 99);
  return { units, seconds: (Number(took) * unitMs(unit)) / 1000, p50Ms, p99Ms };
}

function failures(report: string): number {
  const [, connects, reads, writes, timeouts] =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(report) ?? [];
  const [, refused] = /Non-2xx or 3xx responses: (\d+)/.exec(report) ?? [];
  return [connects, reads, writes, timeouts, refused].reduce((sum, count) => sum + Number(count ?? 0), 0);
}

function latencyMs(report: string, percentile: number): number {
  const [, value, unit] = new RegExp(`^\\s+${percentile}%\\s+([\\d.]+)(us|ms|s|m)`, 'm').exec(report) ?? [];
  return Number(value ?? Number.NaN) * unitMs(unit);
}

function unitMs(unit: string | undefined): number {
  return { us: 0.001, ms: 1, s: 1000, m: 60_000 }[unit ?? 'ms'] ?? 1;
}
