import { dicom, query, type RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  fires: [
    {
      what: 'two services of one name',
      services: [dicom(), query({ name: 'DICOM' })],
      finds: { services: ['DICOM'], path: 'services[1].name', mend: [] },
    },
  ],
  passes: [{ what: 'names that differ in case alone', services: [dicom(), query({ name: 'Dicom' })] }],
};
