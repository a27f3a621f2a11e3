/** UDP with a socket of its own for each client, as one writes it with `node:dgram`. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { runProgram } from './program.ts';
import { inTurns } from './turns.ts';

await runProgram(async ({ order }) => {
  const nextServer = inTurns(order.servers);
  const flows = new Map<string, Socket>();
  const listener = createSocket('udp4');

  const openFlow = (clientHost: string, clientPort: number): Socket => {
    const { host, port } = nextServer();
    const flow = createSocket('udp4');
    flow.on('message', (reply) => listener.send(reply, clientPort, clientHost));
    flow.connect(port, host);
    return flow;
  };

  listener.on('message', (datagram, { address, port }) => {
    const key = `${address}:${port}`;
    const flow = flows.get(key);
    if (flow !== undefined) {
      flow.send(datagram);
      return;
    }
    const opened = openFlow(address, port);
    flows.set(key, opened);
    opened.once('connect', () => opened.send(datagram));
  });
  listener.bind(0, '127.0.0.1');
  await once(listener, 'listening');
  return { host: '127.0.0.1', port: listener.address().port };
});
