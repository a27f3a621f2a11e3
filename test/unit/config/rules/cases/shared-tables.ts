import { clients, dicom, query, type RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  fires: [
    {
      what: 'two uses of a table with different times',
      services: [dicom(), query({ persistence: { ...clients, ttlMs: 60_000 } })],
      finds: { services: ['QUERY'], path: 'services[1].persistence.table', mend: [] },
    },
  ],
  passes: [
    {
      what: 'uses that are alike',
      services: [dicom(), query({ persistence: { ...clients, prefixV4: 32 } })],
    },
  ],
};
