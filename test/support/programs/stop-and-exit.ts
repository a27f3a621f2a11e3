import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { Balancer } from '../../../src/index.ts';

/** Runs a balancer with a session under way, stops it, and should then end by itself. */
const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => undefined).write('hello');
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const servers = [{ name: 's1', host: '127.0.0.1', port: (server.address() as AddressInfo).port }];
const common = { host: '127.0.0.1', port: 0, servers, healthCheck: { probe: { kind: 'connect' } } } as const;
const balancer = new Balancer({
  services: [
    { ...common, name: 'dicom', mode: 'tcp' },
    { ...common, name: 'web', mode: 'http' },
    { ...common, name: 'check', mode: 'tcp+udp' },
  ],
});
await balancer.start();
const client = connect({ host: '127.0.0.1', port: balancer.overview().services[0]?.listeners[0]?.port ?? 0 });
client.on('error', () => undefined);
await once(client, 'data');
await balancer.stop({ graceMs: 20 });
server.close();
console.log('stopped');
