import fc from 'fast-check';

const { constantFrom, boolean, record } = fc;
const ports = constantFrom(80, 104, 105, 137, 4242, 9081);
const addresses = constantFrom('192.0.2.1', '192.0.2.2', '192.0.2.3', '127.0.0.1', 'pacs.example');

const server = record(
  {
    name: constantFrom('A', 'B', 'C'),
    host: addresses,
    port: ports,
    backup: boolean(),
    adminState: constantFrom('online', 'drain', 'halt'),
  },
  { requiredKeys: ['name', 'host'] },
);
/** The same in several services, often. */
const usual = [
  { name: 'A', host: '192.0.2.1' },
  { name: 'B', host: '192.0.2.2' },
];
const servers = fc.oneof(
  { weight: 2, arbitrary: fc.constant(usual) },
  fc.uniqueArray(server, { maxLength: 3, selector: ({ name }) => name }),
);

const probe = fc.oneof(
  record({ kind: constantFrom('connect', 'http', 'nodeStatus'), port: ports }, { requiredKeys: ['kind'] }),
  fc.constant({ kind: 'external', command: 'true' }),
);
const counts = constantFrom(1, 2, 3);
const healthCheck = record(
  { probe, fall: counts, rise: counts, onDown: constantFrom('keep', 'abort') },
  { requiredKeys: ['probe'] },
);

const sourceIp = record(
  {
    kind: fc.constant('sourceIp'),
    ttlMs: constantFrom(30_000, 1_800_000),
    table: constantFrom('S0', 'clients'),
  },
  { requiredKeys: ['kind'] },
);
const httpCookie = record(
  {
    kind: fc.constant('httpCookie'),
    name: constantFrom('SERVERID', 'ID'),
    secret: constantFrom('one', 'two'),
  },
  { requiredKeys: ['kind'] },
);
const link = fc.oneof(sourceIp, httpCookie);
const links = fc.uniqueArray(link, { minLength: 1, maxLength: 2, selector: ({ kind }) => kind });
const chain = record({ kind: fc.constant('chain'), of: links });
const cookieThenClients = {
  kind: 'chain',
  of: [{ kind: 'httpCookie' }, { kind: 'sourceIp', table: 'clients' }],
};
const persistence = fc.oneof(link, chain, fc.constant({ kind: 'none' }), {
  weight: 3,
  arbitrary: fc.constant(cookieThenClients),
});

const common = {
  host: constantFrom('192.0.2.100', '192.0.2.101', '192.0.2.1', '0.0.0.0'),
  port: ports,
  servers,
  healthCheck,
  persistence,
  balance: record({ kind: constantFrom('roundRobin', 'rendezvous') }),
};
const idleTimeoutMs = constantFrom(1000, 43_200_000);
const fallback = record({ server: record({ host: addresses, port: ports }) });
const requiredKeys = ['mode', 'host', 'port', 'servers'] as const;

const service = fc.oneof(
  record({ mode: fc.constant('tcp'), ...common, idleTimeoutMs }, { requiredKeys: [...requiredKeys] }),
  record(
    {
      mode: fc.constant('http'),
      ...common,
      forwardedFor: constantFrom('append', 'replace'),
      keepAliveTimeoutMs: constantFrom(1000, 75_000, Infinity),
      fallback,
    },
    { requiredKeys: [...requiredKeys] },
  ),
  record({ mode: fc.constant('udp'), ...common, idleTimeoutMs }, { requiredKeys: [...requiredKeys] }),
  record(
    { mode: fc.constant('tcp+udp'), ...common, udp: record({ healthCheck }, { requiredKeys: [] }) },
    { requiredKeys: [...requiredKeys] },
  ),
);

/** Configurations that are right in every value, few of which everybody would write. Some services are copies. */
export const curiousConfig = fc
  .array(record({ one: service, isCopy: boolean() }), { minLength: 1, maxLength: 3 })
  .map((services) => {
    const { servers, healthCheck, persistence, host } = services[0]!.one;
    const original = {
      servers,
      host,
      ...(healthCheck && { healthCheck }),
      ...(persistence && { persistence }),
    };
    return {
      services: services.map(({ one, isCopy }, index) => {
        return { name: index === 2 ? 'dicom' : `S${index}`, ...one, ...(isCopy ? original : {}) };
      }),
    };
  });
