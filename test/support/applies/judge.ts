import type { Row } from './rows.ts';
import type { RowOutcome } from './run-row.ts';
import type { TrafficOutcome } from './scene-traffic.ts';

const heapSlackMiB = 8;

/** @returns what clients noticed */
export function faultsOf(traffic: TrafficOutcome): readonly string[] {
  const { kept, closing, plain, associations, longStore, datagrams, asking } = traffic;
  const faults: string[] = [];
  const expectNone = (count: number, what: string): void => {
    if (count > 0) faults.push(`${count} ${what}`);
  };
  for (const [name, { failed, broken, requests }] of Object.entries({ kept, closing, plain })) {
    expectNone(failed, `requests of wrk failed (${name})`);
    expectNone(broken, `connections of wrk broke (${name})`);
    if (requests === 0) faults.push(`wrk had no answer (${name})`);
  }
  expectNone(asking.failures.length, `requests failed: ${asking.failures[0] ?? ''}`);
  expectNone(associations.failures.length, `associations failed: ${associations.failures[0] ?? ''}`);
  if (longStore !== 'whole') faults.push(`the long C-STORE: ${longStore}`);
  expectNone(datagrams?.lost ?? 0, 'datagrams were lost');
  return faults;
}

/** @returns also what changes left behind, and whether there were too few */
export function faultsOfRow({ pace }: Row, outcome: RowOutcome, asked: number): readonly string[] {
  const faults = [...faultsOf(outcome.traffic)];
  if (pace === 'asked' && outcome.applies < asked) faults.push(`${outcome.applies} of ${asked} applies`);
  const { before = 0, after = 0 } = outcome.heapMiB;
  if (after > before + heapSlackMiB) {
    faults.push(`the heap grew from ${before.toFixed(1)} to ${after.toFixed(1)} MiB`);
  }
  return faults;
}
