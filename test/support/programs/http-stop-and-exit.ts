import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Balancer } from '../../../src/index.ts';

/** Runs an HTTP service that keeps a connection to its server, stops it, and tells how much later the process ends. */
const server = http.createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const balancer = new Balancer({
  services: [
    {
      name: 'web',
      mode: 'http',
      host: '127.0.0.1',
      port: 0,
      servers: [{ name: 's1', host: '127.0.0.1', port }],
    },
  ],
});
await balancer.start();
const own = balancer.overview().services[0]?.listeners[0]?.port ?? 0;
const [response] = (await once(http.get({ host: '127.0.0.1', port: own, agent: false }), 'response')) as [
  http.IncomingMessage,
];
await once(response.resume(), 'close');
server.close();
server.closeAllConnections();
await balancer.stop();
const stoppedMs = performance.now();
process.on('exit', () => console.log(Math.round(performance.now() - stoppedMs)));
