import { dicom, servers, type RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  fires: [
    {
      what: 'one host under two names',
      services: [dicom({ servers: [...servers, { name: 'TWIN', host: '192.168.85.200', port: 104 }] })],
      finds: {
        services: ['DICOM'],
        servers: ['INF_PACS1', 'TWIN'],
        path: 'services[0].servers[2]',
        mend: [],
      },
    },
    {
      what: 'one name in two spellings',
      services: [
        dicom({
          servers: [
            { name: 'A', host: 'pacs1.hospital.example' },
            { name: 'B', host: 'PACS1.hospital.example.' },
          ],
        }),
      ],
      finds: { servers: ['A', 'B'] },
    },
  ],
  passes: [
    {
      what: 'two programs of one host',
      services: [dicom({ servers: [...servers, { name: 'TWIN', host: '192.168.85.200', port: 4242 }] })],
    },
  ],
};
