import { afterEach, expect, it } from 'vitest';
import { AccessRecords } from '../../support/access-records.ts';
import { hear, portOf, udpService, UdpScene } from '../../support/udp-scene.ts';
import { closedUdpPort } from '../../support/closed-port.ts';

const scene = new UdpScene();
afterEach(() => scene.close());

async function start(
  servers: Parameters<typeof udpService>[1],
  changes: Parameters<typeof udpService>[2] = {},
): Promise<{ records: AccessRecords; port: number }> {
  const balancer = await scene.startBalancer({ services: [udpService('NBNS', servers, changes)] });
  return { records: new AccessRecords(balancer), port: portOf(balancer, 'NBNS') };
}

it('--: a flow that was answered and is over', async () => {
  const { records, port } = await start([await scene.echo()], { idleTimeoutMs: 100 });
  const client = await scene.connect('127.0.0.1', port);
  client.send('12345');
  await hear(client);
  const record = await records.first();
  expect(record).toMatchObject({
    protocol: 'udp',
    service: 'NBNS',
    server: 's1',
    pick: 'balance',
    ending: '--',
    bytesFromClient: 5,
    bytesFromServer: 5,
    connectMs: 0,
    sessions: 1,
  });
  expect(record.firstByteMs).toBeLessThan(record.totalMs);
});

it('sD: a flow that nobody answers', async () => {
  const silent = await scene.bind();
  const server = { name: 's1', host: '127.0.0.1', port: silent.address().port };
  const { records, port } = await start([server], { unrepliedTimeoutMs: 100 });
  (await scene.connect('127.0.0.1', port)).send('12345');
  const record = await records.first();
  expect(record).toMatchObject({ ending: 'sD' });
  expect(record.firstByteMs).toBeUndefined();
});

it('SD: a flow whose server refuses; the next one is a flow of its own, with one try before it', async () => {
  const refusing = { name: 'r', host: '127.0.0.1', port: await closedUdpPort() };
  const servers = [refusing, await scene.echo()];
  const { records, port } = await start(servers, { idleTimeoutMs: 100, balance: { kind: 'firstAvailable' } });
  const client = await scene.connect('127.0.0.1', port);
  client.send('12345');
  const first = await records.first();
  expect(first).toMatchObject({ server: 'r', tries: 0 });
  expect(first.ending.charAt(0)).toBe('S');
  client.send('12345');
  const second = await records.count(2);
  expect(second).toMatchObject({ server: 's1', tries: 1, pick: 'redispatch', ending: '--' });
  expect(second.sessionId).not.toBe(first.sessionId);
});
