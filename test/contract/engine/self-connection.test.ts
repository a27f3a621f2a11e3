import { describe, expect, it } from 'vitest';
import { engineKinds } from '../../../src/engine/select-engine.ts';
import { canHaveOwnMachine, runOnOwnMachine } from '../../support/own-machine.ts';
import type { SelfConnectionReport } from '../../support/programs/self-connection.ts';

describe.skipIf(!canHaveOwnMachine)('a port on which nothing listens', () => {
  it.each(engineKinds.filter((kind) => kind !== 'auto'))(
    'is refused where the system connects a socket with itself: %s engine',
    async (kind) => {
      const { report } = await runOnOwnMachine<SelfConnectionReport>('self-connection.ts', 5_000, kind);
      expect(report.tcp).toEqual({ SLUICE_ERR_CONNECT_REFUSED: 40 });
      expect(report.udp).toEqual({ SLUICE_ERR_CONNECT_REFUSED: 40 });
    },
  );
});
