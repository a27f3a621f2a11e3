/**
 * Two services as a configuration: a web portal with cookies and a DICOM port, sharing one table of clients, and a
 * server that is drained while they run. Run: `npx tsx examples/two-services.ts`
 */
import { Balancer } from 'sluice';
import { twoServices } from './two-services-config.ts';

const [webPort = '11080', dicomPort = '11104'] = process.argv.slice(2);
const balancer = new Balancer(twoServices(Number(webPort), Number(dicomPort)));
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
