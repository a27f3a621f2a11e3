import { connectCheck, dicom, headCheck, servers, serversWith, web, type RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  fires: [
    {
      what: 'an HTTP check of a DICOM service',
      services: [dicom({ healthCheck: headCheck })],
      finds: {
        services: ['DICOM'],
        path: 'services[0].healthCheck.probe',
        mend: [{ path: 'services[0].healthCheck.probe', value: { kind: 'connect' } }],
      },
    },
    {
      what: 'the same in the TCP half',
      services: [
        dicom({
          mode: 'tcp+udp',
          healthCheck: headCheck,
          udp: { healthCheck: { probe: { kind: 'external', command: 'true' } } },
        }),
      ],
      finds: { path: 'services[0].healthCheck.probe' },
    },
    {
      what: 'an HTTP check of servers that are not all on a web port',
      services: [dicom({ servers: [servers[0], { ...servers[1], port: 80 }], healthCheck: headCheck })],
      finds: { services: ['DICOM'] },
    },
    {
      what: 'a bare connect to a web service',
      services: [web({ healthCheck: connectCheck })],
      finds: { services: ['WEB'], path: 'services[0].healthCheck.probe', mend: [] },
    },
  ],
  passes: [
    {
      what: 'an HTTP check of another port',
      services: [dicom({ healthCheck: { probe: { kind: 'http', port: 8042 } } })],
    },
    {
      what: 'HTTP that is relayed as bytes',
      services: [dicom({ name: 'RELAY', port: 8080, healthCheck: headCheck })],
    },
    {
      what: 'HTTP on the port of a web service',
      services: [
        web({ servers: serversWith({ port: 8042 }) }),
        dicom({ name: 'RELAY', port: 8443, servers: serversWith({ port: 8042 }), healthCheck: headCheck }),
      ],
    },
    {
      what: 'a connect to another port',
      services: [web({ healthCheck: { probe: { kind: 'connect', port: 104 } } })],
    },
  ],
};
