import { dicom, query, servers, serversWith, type RuleCases } from '../rule-cases.ts';

const on104 = serversWith({ port: 104 });

export const cases: RuleCases = {
  fires: [
    {
      what: 'ports that a copy has brought along',
      services: [dicom({ servers: on104 }), query({ servers: on104 })],
      finds: {
        services: ['QUERY', 'DICOM'],
        servers: ['INF_PACS1', 'INF_PACS2'],
        path: 'services[1].servers[0].port',
        mend: [
          { path: 'services[1].servers[0].port', remove: true },
          { path: 'services[1].servers[1].port', remove: true },
        ],
      },
    },
    {
      what: 'one of them, where the other server has none',
      services: [dicom({ servers: on104 }), query({ servers: [servers[0], on104[1]] })],
      finds: { servers: ['INF_PACS2'], path: 'services[1].servers[1].port' },
    },
    {
      what: 'a port without which the service would be its own server',
      services: [
        dicom({ servers: on104 }),
        query({ host: '192.168.85.200', servers: [on104[0], { name: 'INF_PACS3', host: '192.168.85.202' }] }),
      ],
      finds: { servers: ['INF_PACS1'], mend: [] },
    },
  ],
  passes: [
    {
      what: 'ports that are none of a service',
      services: ['DICOM', 'QUERY'].map((name, index) =>
        dicom({ name, port: 104 + index, servers: serversWith({ port: 11_112 }) }),
      ),
    },
    {
      what: "a service's own port",
      services: [dicom({ servers: on104 }), query({ servers: serversWith({ port: 105 }) })],
    },
    { what: 'a port that the other service does not state', services: [dicom(), query({ servers: on104 })] },
    {
      what: 'the port of a service for other hosts',
      services: [
        dicom({ servers: on104 }),
        query({ servers: [{ name: 'OTHER', host: '192.168.85.210', port: 104 }] }),
      ],
    },
    {
      what: 'any free port to listen on',
      services: [dicom({ servers: on104 }), query({ port: 0, servers: on104 })],
    },
  ],
};
