import { describe, expect, it } from 'vitest';
import { canHaveOwnMachine, runOnOwnMachine } from '../support/own-machine.ts';
import type { SlowNameReport } from '../support/programs/slow-name.ts';

describe.skipIf(!canHaveOwnMachine)('defect 26c: a name that no name server answers for', () => {
  it('delays no other service, and does not keep the process', async () => {
    const { report, endedAfterMs } = await runOnOwnMachine<SlowNameReport>('slow-name.ts', 3_000);
    const { hung, listed } = report;
    expect(listed).toMatchObject({ bad: 0 });
    expect(listed.good).toBeGreaterThan(4);
    expect(listed.slowestMs).toBeLessThan(3_000);
    // `connectTimeoutMs` counts from before the name is known, and is met up to 500 ms late.
    expect(hung).toMatchObject({ good: 0 });
    expect(hung.bad).toBeGreaterThan(0);
    expect(hung.slowestMs).toBeLessThan(3_000);
    expect(endedAfterMs).toBeLessThan(3_000);
  });
});
