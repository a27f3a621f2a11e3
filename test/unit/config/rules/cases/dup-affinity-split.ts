import { clients, dicom, query, servers, web, type RuleCases } from '../rule-cases.ts';

const own = { kind: 'sourceIp' };

export const cases: RuleCases = {
  fires: [
    {
      what: 'tables of their own over the same servers',
      services: [dicom({ persistence: own }), query({ persistence: own, servers: [...servers].reverse() })],
      finds: {
        services: ['DICOM', 'QUERY'],
        path: 'services[0].persistence',
        mend: [
          { path: 'services[0].persistence.table', value: 'DICOM' },
          { path: 'services[1].persistence.table', value: 'DICOM' },
        ],
      },
    },
    {
      what: 'one that has not the table of the others',
      services: [
        dicom({ persistence: clients }),
        web({ persistence: { kind: 'chain', of: [{ kind: 'httpCookie' }, { ...own, ttlMs: 1_800_000 }] } }),
      ],
      finds: {
        services: ['WEB', 'DICOM'],
        path: 'services[1].persistence.of[1]',
        mend: [{ path: 'services[1].persistence.of[1].table', value: 'clients' }],
      },
    },
    {
      what: 'tables that cannot be one',
      services: [dicom({ persistence: own }), query({ persistence: { ...own, ttlMs: 60_000 } })],
      finds: { mend: [] },
    },
    {
      what: 'a name that another table has',
      services: [
        dicom({ persistence: own }),
        query({ persistence: own }),
        dicom({
          name: 'OTHER',
          port: 4242,
          servers: [{ name: 'X', host: '192.168.85.210' }],
          persistence: { ...own, table: 'DICOM', ttlMs: 1 },
        }),
      ],
      finds: {
        mend: [
          { path: 'services[0].persistence.table', value: 'DICOM-2' },
          { path: 'services[1].persistence.table', value: 'DICOM-2' },
        ],
      },
    },
  ],
  passes: [
    {
      what: 'tables with names',
      services: [
        dicom({ persistence: { ...own, table: 'a' } }),
        query({ persistence: { ...own, table: 'b' } }),
      ],
    },
    {
      what: 'other servers',
      services: [
        dicom({ persistence: own }),
        query({ persistence: own, servers: [{ name: 'X', host: '192.168.85.210' }] }),
      ],
    },
    {
      what: 'a server that is alone',
      services: [dicom, query].map((make) => make({ persistence: own, servers: [servers[0]] })),
    },
    {
      what: 'a policy that gives a client the same server everywhere',
      services: [dicom, query].map((make) => make({ persistence: own, balance: { kind: 'rendezvous' } })),
    },
    {
      what: 'a service that remembers nobody',
      services: [dicom({ persistence: own }), query({ persistence: { kind: 'none' } })],
    },
  ],
};
