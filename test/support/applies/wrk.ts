import { run } from '../real-software.ts';

/** What `wrk` tells of its requests. */
export interface WrkOutcome {
  readonly requests: number;
  /** No connection, no answer in two seconds, or an answer that is no success. */
  readonly failed: number;
  /** Connections that were reset, or ended before the answer. */
  readonly broken: number;
}

/** Eight connections at once. With less priority than the balancer: what that needs, it has, and a gap is its own. */
export async function runWrk(
  port: number,
  seconds: number,
  ...headers: readonly string[]
): Promise<WrkOutcome> {
  const options = ['-t1', '-c8', `-d${seconds}s`, ...headers.flatMap((header) => ['-H', header])];
  const call = ['-n', '10', 'wrk', ...options, `http://127.0.0.1:${port}/`];
  const { output } = await run('nice', call, { timeoutMs: (seconds + 60) * 1000 });
  const [, requests] = /(\d+) requests in/u.exec(output) ?? [];
  if (requests === undefined) throw new Error(`wrk said: ${output}`);
  const [, connects = 0, reads = 0, writes = 0, timeouts = 0] =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/u.exec(output) ?? [];
  const [, refused = 0] = /Non-2xx or 3xx responses: (\d+)/u.exec(output) ?? [];
  return {
    requests: Number(requests),
    failed: Number(connects) + Number(timeouts) + Number(refused),
    broken: Number(reads) + Number(writes),
  };
}
