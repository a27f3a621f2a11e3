import { dicom, servers, vip, type RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  fires: [
    {
      what: 'a server at the address and port of the service',
      services: [dicom({ servers: [...servers, { name: 'SELF', host: vip }] })],
      finds: { services: ['DICOM'], servers: ['SELF'], path: 'services[0].servers[2]', mend: [] },
    },
  ],
  passes: [
    {
      what: 'one on another port',
      services: [dicom({ servers: [...servers, { name: 'SELF', host: vip, port: 4242 }] })],
    },
  ],
};
