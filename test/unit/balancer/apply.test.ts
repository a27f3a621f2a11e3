import { afterEach, beforeEach, expect, it } from 'vitest';
import { Balancer, type ServiceConfig } from '../../../src/index.ts';
import type { Connection, Engine } from '../../../src/engine/engine.ts';
import { VirtualNetwork, type VirtualHost } from '../../../src/testing.ts';
import { Recorder } from '../../contract/engine/recorder.ts';
import { FactRecord } from '../../support/fact-record.ts';

const host = '192.0.2.1';
const pacs = {
  name: 'PACS',
  mode: 'tcp',
  host,
  port: 104,
  servers: [{ name: 'A', host: '192.0.2.11' }],
} as const;
const query = { ...pacs, name: 'QUERY', port: 105 } as const;

let network: VirtualNetwork;
let ownHost: VirtualHost;
let engine: Engine;
let clients: Engine;
let balancer: Balancer;
/** The servers that were reached, in order. */
let reached: string[];

async function startBalancer(...services: ServiceConfig[]): Promise<FactRecord> {
  balancer = new Balancer({ engine, services }, { runtime: network.runtime });
  const facts = new FactRecord(balancer);
  await balancer.start();
  return facts;
}

/** Nothing but promises and the network is needed for what a test waits for. */
function apply(...services: ServiceConfig[]): Promise<void> {
  return balancer.apply({ engine, services }, { graceMs: 1000 });
}

async function connect(port: number): Promise<{ connection: Connection; recorder: Recorder }> {
  const recorder = new Recorder();
  const connection = clients.connect({ host, port }, recorder);
  await network.run();
  return { connection, recorder };
}

beforeEach(async () => {
  network = new VirtualNetwork();
  ownHost = network.host(host);
  engine = network.engine(ownHost);
  clients = network.engine(network.host('198.51.100.1'));
  reached = [];
  for (const [name, address] of [
    ['A', '192.0.2.11'],
    ['B', '192.0.2.12'],
  ] as const) {
    const server = network.engine(network.host(address));
    for (const port of [104, 105, 106]) {
      const onAccept = (connection: Connection): void => {
        connection.handler = new Recorder();
        connection.resume();
        reached.push(name);
      };
      await server.listen({ host: address, port }, { onAccept });
    }
  }
});
afterEach(async () => {
  await network.until(balancer.stop({ graceMs: 0 }));
});

it('touches nothing that did not change', async () => {
  const facts = await startBalancer(pacs, query);
  const { connection } = await connect(104);
  await network.until(apply(query, pacs));
  await network.advance(5000);
  expect(connection.isClosed).toBe(false);
  expect(facts.of('listenerStopped')).toEqual([]);
});

it('changes servers under sessions that go on, and new ones go to those there are now', async () => {
  await startBalancer(pacs);
  const before = await connect(104);
  await network.until(apply({ ...pacs, servers: [{ name: 'B', host: '192.0.2.12' }] }));
  await connect(104);
  expect(reached).toEqual(['A', 'B']);
  await network.advance(5000);
  expect(before.connection.isClosed).toBe(false);
});

it('adds and removes services: what is gone refuses at once, and has time for its sessions', async () => {
  await startBalancer(pacs);
  const old = await connect(104);
  const applied = apply(query);
  await network.run();
  expect((await connect(104)).recorder.closeError?.code).toBe('SLUICE_ERR_CONNECT_REFUSED');
  expect((await connect(105)).recorder.events).toEqual(['connect']);
  await network.advance(900);
  expect(old.connection.isClosed).toBe(false);
  await network.advance(200);
  await network.until(applied);
  expect(old.connection.isClosed).toBe(true);
});

it('serves on the port of a service while it is replaced, and old sessions have their time', async () => {
  await startBalancer(pacs);
  const old = await connect(104);
  const applied = apply({ ...pacs, idleTimeoutMs: 10_000 });
  await network.run();
  const next = await connect(104);
  expect([next.recorder.events, reached]).toEqual([['connect'], ['A', 'A']]);
  expect(old.connection.isClosed).toBe(false);
  old.connection.reset();
  await network.until(applied);
  expect(next.connection.isClosed).toBe(false);
});

it('is as before where a new service cannot listen', async () => {
  await startBalancer(pacs);
  const taken = await network.engine(ownHost).listen({ host, port: 105 }, { onAccept: () => undefined });
  await expect(network.until(apply({ ...pacs, maxSessions: 7 }, query))).rejects.toMatchObject({
    code: 'SLUICE_ERR_ADDRESS_IN_USE',
  });
  expect(balancer.overview().services.map(({ name }) => name)).toEqual(['PACS']);
  await connect(104);
  expect(reached).toEqual(['A']);
  await taken.close();
  await network.until(apply(pacs, query));
  await connect(105);
  expect(reached).toEqual(['A', 'A']);
});

it('is refused whole where anything of it is wrong, with every problem', async () => {
  await startBalancer(pacs);
  const wrong = { ...query, port: 70_000, servers: [{ name: '', host: '192.0.2.11' }] };
  await expect(network.until(apply(wrong))).rejects.toMatchObject({
    code: 'SLUICE_ERR_OPTIONS',
    problems: expect.objectContaining({ length: 2 }) as unknown,
  });
  await connect(104);
  expect(reached).toEqual(['A']);
});
