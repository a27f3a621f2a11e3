import { Balancer, type Connection, type ServiceConfig } from '../../src/index.ts';
import { VirtualNetwork } from '../../src/testing.ts';
import { Durations } from '../../src/path/durations.ts';
import { measure } from './suite.ts';

const serverCount = 1_000;
const sessionCount = 10_000;
const services = 10;

/** A balancer with all its sessions open, in memory: an overview asks each of them for its bytes, whatever the engine. */
async function busyBalancer(network: VirtualNetwork): Promise<Balancer> {
  const address = '192.0.2.1';
  const serverEngine = network.engine(network.host('192.0.2.2'));
  const clients = network.engine(network.host('198.51.100.1'));
  const configs = Array.from({ length: services }, (_, service): ServiceConfig => {
    const servers = Array.from({ length: serverCount / services }, (_server, index) => {
      return { name: `server-${service}-${index}`, host: '192.0.2.2', port: 10_000 + index };
    });
    const healthCheck = { probe: { kind: 'connect' }, intervalMs: 86_400_000 } as const;
    return {
      name: `service-${service}`,
      mode: 'tcp',
      host: address,
      port: 1000 + service,
      servers,
      healthCheck,
    };
  });
  const engine = network.engine(network.host(address));
  const balancer = new Balancer({ engine, services: configs }, { runtime: network.runtime });
  const acceptor = {
    onAccept: (connection: Connection): void => {
      connection.handler = silent;
    },
  };
  for (let index = 0; index < serverCount / services; index++)
    await serverEngine.listen({ host: '192.0.2.2', port: 10_000 + index }, acceptor);
  await balancer.start();
  for (let session = 0; session < sessionCount; session++) {
    clients.connect({ host: address, port: 1000 + (session % services) }, silent);
    if (session % 1_000 === 999) await network.advance(1_000);
  }
  return balancer;
}

/** An end of a connection that only stays. */
const silent = {
  onConnect: () => undefined,
  onData: () => undefined,
  onEnd: () => undefined,
  onClose: () => undefined,
  onDrain: () => undefined,
  onRelayed: () => undefined,
};

const network = new VirtualNetwork();
const balancer = await busyBalancer(network);
const { metrics } = balancer;
const open = balancer
  .overview()
  .services.reduce((sum, { listeners }) => sum + (listeners[0]?.sessions ?? 0), 0);
const text = metrics.text();
console.log(`\n${open} sessions, ${serverCount} servers, ${(text.length / 1e3).toFixed(0)} kB of text`);
measure(`${serverCount} servers, ${open} sessions, in ${services} services`, [
  { name: 'overview', run: () => balancer.overview() },
  { name: 'scrape, as it is sent', run: () => metrics.bytes() },
  // V8 puts a text together when it is first read.
  { name: 'scrape, as a text that is sent', run: () => Buffer.from(metrics.text()) },
]);

const durations = new Durations();
let ms = 0;
measure('what metrics cost a session, beside a look at the clock', [
  { name: 'add a duration', run: () => durations.add('session', (ms = (ms + 7) % 5_000)) },
]);
await network.until(balancer.stop({ graceMs: 0 }));
