import { expect } from 'vitest';
import { connectProbe } from '../../../../../src/health/probes/connect-probe.ts';
import { HealthCheck } from '../../../../../src/health/health-check.ts';
import { dicom, servers, type RuleCases } from '../rule-cases.ts';

const probe = { kind: 'connect' };

export const cases: RuleCases = {
  fires: [
    {
      what: 'sessions that end with one lost probe',
      services: [dicom({ healthCheck: { probe, fall: 1, onDown: 'abort' } })],
      finds: {
        services: ['DICOM'],
        path: 'services[0].healthCheck.fall',
        message: expect.stringContaining('resets its sessions') as unknown,
        mend: [{ path: 'services[0].healthCheck.fall', value: 3 }],
      },
    },
    {
      what: 'a server that is back after one good probe',
      services: [dicom({ healthCheck: { probe, rise: 1, onDown: 'abort' } })],
      finds: {
        path: 'services[0].healthCheck.rise',
        mend: [{ path: 'services[0].healthCheck.rise', value: 2 }],
      },
    },
    {
      what: 'the same in a live check, which no edit reaches',
      services: [
        dicom({ healthCheck: new HealthCheck({ probe: connectProbe(), fall: 1, onDown: 'abort' }) }),
      ],
      finds: { path: 'services[0].healthCheck.fall', mend: [] },
    },
  ],
  passes: [
    { what: 'one lost probe that ends no session', services: [dicom({ healthCheck: { probe, fall: 1 } })] },
    { what: 'no check at all', services: [dicom({ healthCheck: undefined, servers: servers.slice(0, 1) })] },
    { what: 'two of them', services: [dicom({ healthCheck: { probe, fall: 2, onDown: 'abort' } })] },
  ],
};
