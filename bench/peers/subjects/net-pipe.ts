/** What most people write first: `node:net` and `pipe` in both directions. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { runProgram } from './program.ts';
import { inTurns } from './turns.ts';

await runProgram(async ({ order }) => {
  const nextServer = inTurns(order.servers);
  const proxy = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const server = connect({ ...nextServer(), allowHalfOpen: true, noDelay: true });
    client.pipe(server);
    server.pipe(client);
    client.on('error', () => server.destroy());
    server.on('error', () => client.destroy());
  });
  await once(proxy.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }), 'listening');
  return { host: '127.0.0.1', port: (proxy.address() as AddressInfo).port };
});
