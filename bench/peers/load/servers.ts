/** The real servers that stand behind every subject, all in one process: TCP transfers, UDP echo, HTTP echo. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { answerQuestions } from './remote.ts';
import { createTransferServer } from './transfer-server.ts';

/** Ports; TCP is open on every loopback address. */
export interface ServerPorts {
  readonly transfer: number;
  readonly udp: number;
  readonly httpEcho: number;
}

/** The addresses that answer UDP; each needs a socket, or its replies would come from elsewhere. */
export interface StartServers {
  readonly udpHosts: readonly string[];
}

answerQuestions(async ({ udpHosts }: StartServers): Promise<ServerPorts> => ({
  transfer: await listen(createTransferServer()),
  udp: await echoDatagrams(udpHosts),
  httpEcho: await listen(createServer((request, response) => void request.pipe(response))),
}));

async function listen(server: Server): Promise<number> {
  await once(server.listen({ host: '0.0.0.0', port: 0, backlog: 4096 }), 'listening');
  return (server.address() as AddressInfo).port;
}

/** One port number on all the hosts. */
async function echoDatagrams(hosts: readonly string[]): Promise<number> {
  let port = 0;
  for (const host of hosts) {
    const socket = createSocket('udp4');
    socket.on('message', (datagram, from) => socket.send(datagram, from.port, from.address));
    socket.bind(port, host);
    await once(socket, 'listening');
    port = socket.address().port;
  }
  return port;
}
