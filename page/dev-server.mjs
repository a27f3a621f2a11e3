// Development only: a balancer with local servers and clients, and the page before it. Run it with `npx tsx page/dev-server.mjs`
// after `node scripts/build-page.mjs`, and log in as mkim with the password mkim. Type a server's name to stop or start it.
import { createInterface } from 'node:readline';
import { PageScene } from '../test/support/page-scene.ts';

const scene = await PageScene.open({ port: Number(process.env.PORT ?? 9444) });
const services = scene.balancer.overview().services.map(({ name }) => name);
const stopped = new Set();

/** A client that comes, stays for a while and goes. */
async function visit() {
  const service = services[Math.floor(Math.random() * services.length)];
  try {
    const client = await scene.client(service, 1 + Math.floor(Math.random() * 60));
    setTimeout(() => client.destroy(), Math.random() * 30_000);
  } catch {
    // No server takes it now.
  }
}

setInterval(() => void visit(), 60);
console.log(`${scene.address} (mkim, mkim); servers: ${scene.servers.map(({ name }) => name).join(', ')}`);
createInterface({ input: process.stdin }).on('line', async (line) => {
  const server = scene.servers.find(({ name }) => name === line.trim());
  if (server === undefined) return;
  if (stopped.delete(server)) await server.listen();
  else {
    stopped.add(server);
    await server.die();
  }
});
