import { dicom, query, serversWith, web, type RuleCases } from '../rule-cases.ts';

const connect104 = { probe: { kind: 'connect', port: 104 } };
const status80 = { probe: { kind: 'http', path: '/status', port: 80 } };

export const cases: RuleCases = {
  fires: [
    {
      what: 'a connect to the port of another service',
      services: [dicom({ healthCheck: connect104 }), query({ healthCheck: connect104 })],
      finds: {
        services: ['QUERY', 'DICOM'],
        servers: ['INF_PACS1', 'INF_PACS2'],
        path: 'services[1].healthCheck.probe.port',
        mend: [{ path: 'services[1].healthCheck.probe.port', remove: true }],
      },
    },
    {
      what: 'the request of a web service, in a copy of it on another port',
      services: [web({ healthCheck: status80 }), web({ name: 'ADMIN', port: 8080, healthCheck: status80 })],
      finds: { services: ['ADMIN', 'WEB'], path: 'services[1].healthCheck.probe.port' },
    },
    {
      what: 'the check of a TCP half',
      services: [
        dicom(),
        {
          ...dicom({ name: 'BOTH', port: 105, mode: 'tcp+udp' }),
          udp: { healthCheck: { probe: { kind: 'external', command: 'true' } } },
          healthCheck: connect104,
        },
      ],
      finds: { path: 'services[1].healthCheck.probe.port' },
    },
  ],
  passes: [
    { what: 'the port that clients use, stated', services: [dicom({ healthCheck: connect104 }), query()] },
    {
      what: 'a port that no service uses',
      services: [dicom(), query({ healthCheck: { probe: { kind: 'connect', port: 4000 } } })],
    },
    { what: 'a status page of the web service', services: [web(), dicom({ healthCheck: status80 })] },
    {
      what: 'a port of other hosts',
      services: [
        dicom({ servers: [{ name: 'OTHER', host: '192.168.85.210' }] }),
        query({ servers: serversWith({ port: 11_112 }), healthCheck: connect104 }),
      ],
    },
  ],
};
