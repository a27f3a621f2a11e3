import { dicom, servers, type RuleCases } from '../rule-cases.ts';

const drained = [servers[0], { ...servers[1], adminState: 'drain' }];

export const cases: RuleCases = {
  fires: [
    {
      what: 'a server that begins drained, and whose clients come back',
      services: [dicom({ servers: drained })],
      finds: {
        services: ['DICOM'],
        servers: ['INF_PACS2'],
        path: 'services[0].servers[1].adminState',
        mend: [],
      },
    },
  ],
  passes: [
    {
      what: 'a server that is halted',
      services: [dicom({ servers: [servers[0], { ...servers[1], adminState: 'halt' }] })],
    },
    {
      what: 'clients that nobody remembers',
      services: [dicom({ servers: drained, persistence: { kind: 'none' } })],
    },
  ],
};
