import { dicom, names, query, type RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  fires: [
    {
      what: 'two services on one address and port',
      services: [dicom(), query({ port: 104 })],
      finds: { services: ['QUERY', 'DICOM'], path: 'services[1].port', mend: [] },
    },
    {
      what: 'a service on all addresses beside one of them',
      services: [dicom(), query({ host: '0.0.0.0', port: 104 })],
      finds: { services: ['QUERY', 'DICOM'] },
    },
    {
      what: 'a UDP half beside a UDP service',
      services: [
        names(),
        dicom({ port: 137, mode: 'tcp+udp', udp: { healthCheck: { probe: { kind: 'nodeStatus' } } } }),
      ],
      finds: { services: ['DICOM', 'NAMES'] },
    },
  ],
  passes: [
    { what: 'TCP and UDP on one port', services: [names(), dicom({ port: 137 })] },
    { what: 'two addresses', services: [dicom(), query({ host: '192.168.85.151', port: 104 })] },
  ],
};
