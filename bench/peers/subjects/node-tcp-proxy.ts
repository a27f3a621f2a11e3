/** The npm package `node-tcp-proxy`, which gives its servers in turn itself. */
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { requirePeer } from './peer-package.ts';
import { runProgram } from './program.ts';

interface NodeTcpProxy {
  readonly createProxy: (
    port: number,
    hosts: string[],
    ports: number[],
    options: object,
  ) => { server: Server };
}

await runProgram(async ({ order }) => {
  const { createProxy } = requirePeer('node-tcp-proxy') as NodeTcpProxy;
  const hosts = order.servers.map(({ host }) => host);
  const ports = order.servers.map(({ port }) => port);
  const { server } = createProxy(0, hosts, ports, { hostname: '127.0.0.1', quiet: true });
  if (!server.listening) await once(server, 'listening');
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
});
