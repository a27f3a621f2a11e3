/**
 * Two services as a configuration: a web portal with cookies and a DICOM port, sharing one table of clients, and a
 * server that is drained while they run. Run: `npx tsx examples/two-services.ts`
 */
import { Balancer, type BalancerConfig } from 'sluice';

const [webPort = '11080', dicomPort = '11104'] = process.argv.slice(2);
const servers = [
  { name: 'PACS1', host: '127.0.0.11' },
  { name: 'PACS2', host: '127.0.0.12', weight: 2 },
];
const clients = { kind: 'sourceIp', ttlMs: 30 * 60_000, table: 'clients' } as const;

const config: BalancerConfig = {
  services: [
    {
      name: 'Web',
      mode: 'http',
      host: '127.0.0.1',
      port: Number(webPort),
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
      port: Number(dicomPort),
      servers: servers.map((server) => ({ ...server, port: 4242 })),
      persistence: clients,
      healthCheck: { probe: { kind: 'connect' } },
    },
  ],
};

const balancer = new Balancer(config);
balancer.on('serverHealthChanged', ({ service, server, current, reason }) => {
  console.log(`${service}: ${server} is ${current}: ${reason}`);
});
await balancer.start();
for (const { name, listeners } of balancer.overview().services) {
  for (const { protocol, host, port } of listeners) console.log(`${name} (${protocol}) on ${host}:${port}`);
}

// Maintenance of PACS1: no new clients; what is left after ten minutes is cut, and then nobody comes any more.
const outcomes = await balancer.drain({ server: 'PACS1', deadlineMs: 600_000, then: 'halt' });
for (const [service, outcome] of outcomes) console.log(`${service}: PACS1 drained (${outcome})`);
console.log('Ctrl+C ends');

const stop = (): void => void balancer.stop({ graceMs: 5000 });
process.once('SIGINT', stop).once('SIGTERM', stop);
