import { leastConnections } from '../../../../../src/balancing/least-connections.ts';
import { dicom, type RuleCases } from '../rule-cases.ts';

const live = dicom({ balance: leastConnections() });

export const cases: RuleCases = {
  fires: [
    {
      what: 'a live policy, where services run in workers',
      services: [live],
      workers: 2,
      finds: { services: ['DICOM'], path: 'services[0].balance', mend: [] },
    },
  ],
  passes: [
    { what: 'a live policy in one thread', services: [live] },
    { what: 'a spec in workers', services: [dicom({ balance: { kind: 'leastConnections' } })], workers: 2 },
  ],
};
