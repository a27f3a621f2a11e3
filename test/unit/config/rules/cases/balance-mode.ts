import { dicom, web, type RuleCases } from '../rule-cases.ts';

const bySite = { kind: 'bySite', needs: ['header:x-site'], build: () => ({ pick: () => undefined }) };

export const cases: RuleCases = {
  fires: [
    {
      what: 'a policy that reads a header, in a mode that knows none',
      services: [dicom({ balance: bySite })],
      finds: { services: ['DICOM'], path: 'services[0].balance', mend: [] },
    },
    {
      what: 'a policy whose needs are no client facts',
      services: [web({ balance: { ...bySite, needs: ['moon'] } })],
      finds: { path: 'services[0].balance' },
    },
  ],
  passes: [{ what: 'the same policy in http mode', services: [web({ balance: bySite })] }],
};
