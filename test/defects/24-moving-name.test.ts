import { beforeAll, describe, expect, it } from 'vitest';
import { canHaveOwnMachine, runOnOwnMachine } from '../support/own-machine.ts';
import type { MovingNameReport } from '../support/programs/moving-name.ts';

const old = '127.0.0.21';
const next = '127.0.0.22';

describe.skipIf(!canHaveOwnMachine)('defect 24: services by host names', () => {
  let report: MovingNameReport;

  beforeAll(async () => {
    ({ report } = await runOnOwnMachine<MovingNameReport>('moving-name.ts', 1_000));
  });

  it('reach the next address where the first refuses, with the very first datagram', () => {
    expect(report.second).toEqual({ udp: old, tcp: old });
  });

  it('notice that a name has moved, busy as they are', () => {
    expect(report.before).toEqual({ udp: old, http: old });
    expect(report.after).toEqual({ udp: next, http: next });
  });
});
