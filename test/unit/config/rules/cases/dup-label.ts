import { dicom, query, servers, type RuleCases } from '../rule-cases.ts';

const misspelt = [servers[0], { name: 'INF-PACS2', host: '192.168.85.201' }];

export const cases: RuleCases = {
  fires: [
    {
      what: 'one host under two names',
      services: [dicom(), query({ servers: misspelt })],
      finds: {
        services: ['QUERY', 'DICOM'],
        servers: ['INF-PACS2', 'INF_PACS2'],
        path: 'services[1].servers[1].name',
        mend: [],
      },
    },
  ],
  passes: [
    { what: 'one name in all services', services: [dicom(), query()] },
    {
      what: 'several programs of one host in a pool',
      services: [4000, 5000].map((port, index) =>
        dicom({
          name: `S${index}`,
          port: 104 + index,
          servers: ['A', 'B'].map((name, at) => ({
            name: `${name}${port}`,
            host: '127.0.0.1',
            port: port + at,
          })),
        }),
      ),
    },
    { what: 'a server that is alone', services: [dicom(), query({ servers: [misspelt[1]] })] },
  ],
};
