import { dicom, serversWith, web, type RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  fires: [
    {
      what: 'a duplicate of the web service on the port of DICOM',
      services: [web(), web({ name: 'DICOM', port: 104 })],
      finds: { services: ['DICOM'], path: 'services[1].mode', mend: [] },
    },
    {
      what: 'the same on the port of the servers',
      services: [web({ name: 'STORE', port: 8104, servers: serversWith({ port: 11_112 }) })],
      finds: { services: ['STORE'], path: 'services[0].mode' },
    },
  ],
  passes: [
    { what: 'DICOM that is relayed as bytes', services: [web(), dicom()] },
    { what: 'DICOMweb on a port of its own', services: [web({ name: 'DICOMweb', port: 8080 })] },
  ],
};
