import { afterEach, describe, expect, it } from 'vitest';
import type { Balancer, UdpServiceConfig } from '../../src/index.ts';
import { hasIpv6 } from '../contract/engine/engine-fixture.ts';
import { noWorkers } from '../support/workers-scene.ts';
import { hear, portOf, UdpScene, udpService } from '../support/udp-scene.ts';

const scene = new UdpScene();
afterEach(() => scene.close());

/** A service on all addresses, which is the default. */
async function start(host: string, workers = 0): Promise<Balancer> {
  const { host: _, ...service } = udpService('U', [await scene.echo()]);
  const onAll: UdpServiceConfig = host === '0.0.0.0' ? service : { ...service, host };
  return scene.startBalancer({ workers, services: [onAll] });
}

const isPortable = process.env['SLUICE_ENGINE'] === 'portable';

describe.skipIf(isPortable)('defect 22: a UDP service on all addresses', () => {
  const places = [
    ['0.0.0.0', ['127.0.0.1', '127.0.0.2', '127.0.0.3']],
    ...(hasIpv6 ? [['::', ['127.0.0.1', '127.0.0.2', '::1']] as const] : []),
  ] as const;

  it.each(places)('on %s answers from the address that the client asked', async (host, asked) => {
    const port = portOf(await start(host), 'U');
    for (const address of asked) {
      const client = await scene.connect(address, port);
      for (const text of ['one', 'two']) {
        const heard = hear(client);
        client.send(`${text} to ${address}`);
        expect((await heard).text).toBe(`${text} to ${address}`);
      }
    }
  });

  it('answers many at once, each from its own', async () => {
    const port = portOf(await start('0.0.0.0'), 'U');
    const addresses = Array.from({ length: 40 }, (_, index) => `127.0.1.${1 + (index % 20)}`);
    const clients = await Promise.all(addresses.map((address) => scene.connect(address, port)));
    const heard = clients.map((client) => hear(client));
    for (const [index, client] of clients.entries()) client.send(`${index}`);
    expect((await Promise.all(heard)).map(({ text, from }) => `${text} ${from.address}`)).toEqual(
      addresses.map((address, index) => `${index} ${address}`),
    );
  });

  it('has a flow for each address that one client socket asks', async () => {
    const balancer = await start('0.0.0.0');
    const port = portOf(balancer, 'U');
    const client = await scene.bind('127.0.0.9');
    for (const address of ['127.0.0.1', '127.0.0.2', '127.0.0.1']) {
      const heard = hear(client);
      client.send('hello', port, address);
      expect((await heard).from).toMatchObject({ address, port });
    }
    expect(balancer.overview().services[0]?.listeners[0]?.sessions).toBe(2);
  });

  it.skipIf(noWorkers !== undefined)('does so in workers', async () => {
    const port = portOf(await start('0.0.0.0', 2), 'U');
    for (let index = 0; index < 8; index++) {
      const client = await scene.connect(`127.0.0.${1 + (index % 3)}`, port);
      const heard = hear(client);
      client.send('hello');
      expect((await heard).text).toBe('hello');
    }
  });
});

describe.runIf(isPortable)('defect 22: a UDP service on all addresses, on the portable engine', () => {
  it('says that its answers may leave from another address', async () => {
    await start('0.0.0.0');
    expect(scene.log.filter((line) => line.includes('UDP replies of 0.0.0.0:'))).toHaveLength(1);
    scene.log.length = 0;
    await scene.startBalancer({ services: [udpService('V', [await scene.echo()])] });
    expect(scene.log.filter((line) => line.includes('UDP replies'))).toEqual([]);
  });
});
