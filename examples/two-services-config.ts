import type { BalancerConfig } from 'sluice';

const servers = [
  { name: 'PACS1', host: '127.0.0.11' },
  { name: 'PACS2', host: '127.0.0.12', weight: 2 },
];
const clients = { kind: 'sourceIp', ttlMs: 30 * 60_000, table: 'clients' } as const;

/** A web portal with cookies and a DICOM port, sharing one table of clients. */
export function twoServices(webPort: number, dicomPort: number): BalancerConfig {
  return {
    services: [
      {
        name: 'Web',
        mode: 'http',
        host: '127.0.0.1',
        port: webPort,
        servers: servers.map((server) => ({ ...server, port: 8042 })),
        persistence: { kind: 'chain', of: [{ kind: 'httpCookie' }, clients] },
        healthCheck: { probe: { kind: 'http', path: '/', expectStatus: [200, 401] } },
        fallback: {
          page: { body: 'The portal is closed for maintenance. Please come back in a few minutes.' },
        },
      },
      {
        name: 'DICOM',
        mode: 'tcp',
        host: '127.0.0.1',
        port: dicomPort,
        servers: servers.map((server) => ({ ...server, port: 4242 })),
        persistence: clients,
        healthCheck: { probe: { kind: 'connect' } },
      },
    ],
  };
}
