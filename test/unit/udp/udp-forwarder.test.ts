import { afterEach, expect, it } from 'vitest';
import { SnatUdpForwarder, type SnatUdpForwarderOptions } from '../../../src/index.ts';
import type { DatagramHandler, Engine, UdpPort } from '../../../src/engine/engine.ts';
import { IpAddress } from '../../../src/model/address.ts';
import { VirtualNetwork, type VirtualNetworkOptions } from '../../../src/testing.ts';
import { FactRecord } from '../../support/fact-record.ts';
import { forEachSeed } from '../../support/seeds.ts';

const asked = '192.0.2.2';

/** What one port hears: `text from`. */
class Ear implements DatagramHandler {
  readonly heard: string[] = [];
  onHeard: (port: UdpPort, text: string, source: IpAddress, sourcePort: number) => void = () => undefined;

  onDatagram(
    port: UdpPort,
    bytes: Buffer,
    start: number,
    end: number,
    source: IpAddress,
    sourcePort: number,
  ): void {
    const text = bytes.toString('latin1', start, end);
    this.heard.push(`${text} ${source.toString()}:${sourcePort}`);
    this.onHeard(port, text, source, sourcePort);
  }

  onError(): void {}
}

/** A forwarder on all addresses of its host, in front of two servers that answer with what they are told. */
class Scene {
  readonly network: VirtualNetwork;
  readonly forwarder: SnatUdpForwarder;
  readonly facts: FactRecord;
  readonly engines: Engine[] = [];
  readonly servers: Ear[] = [];

  constructor(options: Partial<SnatUdpForwarderOptions> = {}, conditions: VirtualNetworkOptions = {}) {
    this.network = new VirtualNetwork(conditions);
    this.forwarder = new SnatUdpForwarder({
      name: 'NBNS',
      port: 137,
      ...options,
      pool: {
        servers: [
          { name: 'A', host: '192.0.2.11' },
          { name: 'B', host: '192.0.2.12' },
        ],
      },
      engine: this.network.engine(this.network.host('192.0.2.1', asked)),
      runtime: this.network.runtime,
    });
    this.facts = new FactRecord(this.forwarder);
  }

  async start(): Promise<this> {
    for (const host of ['192.0.2.11', '192.0.2.12']) {
      const ear = new Ear();
      ear.onHeard = (port, text, source, sourcePort) => {
        const answer = Buffer.from(`re ${text}`);
        port.send(answer, 0, answer.length, source, sourcePort);
      };
      const engine = this.network.engine(this.network.host(host));
      await engine.bindUdp({ host, port: 137 }, ear);
      this.engines.push(engine);
      this.servers.push(ear);
    }
    await this.forwarder.start();
    return this;
  }

  async client(host: string): Promise<{ ear: Ear; ask: (text: string) => void }> {
    const ear = new Ear();
    const engine = this.network.engine(this.network.host(host));
    const port = await engine.bindUdp({ host, port: 0 }, ear);
    const to = IpAddress.parse(asked)!;
    return {
      ear,
      ask: (text) => {
        port.send(Buffer.from(text), 0, text.length, to, 137);
      },
    };
  }
}

let scene: Scene;

afterEach(async () => {
  await scene.network.until(scene.forwarder.stop({ graceMs: 0 }));
  expect(scene.forwarder.pool.servers.map(({ sessions }) => sessions)).toEqual([0, 0]);
});

it('answers from where it was asked, and lets servers see a port for each client', async () => {
  scene = await new Scene().start();
  const [first, second] = [await scene.client('198.51.100.1'), await scene.client('198.51.100.2')];
  for (const { ask } of [first, second]) ask('name?');
  first.ask('again?');
  scene.network.pump();
  expect(first.ear.heard).toEqual([`re name? ${asked}:137`, `re again? ${asked}:137`]);
  expect(second.ear.heard).toEqual([`re name? ${asked}:137`]);
  const sources = scene.servers.flatMap(({ heard }) => heard.map((line) => line.split(' ')[1]));
  expect(new Set(sources).size).toBe(2);
  expect(sources.every((source) => source?.startsWith('192.0.2.1:') === true)).toBe(true);
});

it('moves a flow whose server refuses, for the next datagram', async () => {
  scene = await new Scene().start();
  const client = await scene.client('198.51.100.1');
  await scene.engines[0]!.close();
  client.ask('one');
  scene.network.pump();
  expect(client.ear.heard).toEqual([]);
  client.ask('two');
  scene.network.pump();
  expect(client.ear.heard).toEqual([`re two ${asked}:137`]);
});

it('ends flows that are silent, sooner where nothing was answered, and begins anew', async () => {
  scene = await new Scene({ idleTimeoutMs: 10_000, unrepliedTimeoutMs: 2000 }).start();
  const [heard, unheard] = [await scene.client('198.51.100.1'), await scene.client('198.51.100.2')];
  scene.servers[1]!.onHeard = () => undefined;
  heard.ask('a');
  unheard.ask('b');
  await scene.network.advance(5000);
  expect(scene.facts.of('flowClosed')).toHaveLength(1);
  await scene.network.advance(10_000);
  expect(scene.facts.of('flowClosed').map(({ reason }) => reason)).toEqual(['idle', 'idle']);
  heard.ask('c');
  await scene.network.run();
  expect(heard.ear.heard).toHaveLength(2);
});

it('gives every client its own answers, whatever is lost, late, or out of order', async () => {
  await forEachSeed(20, async (seed) => {
    scene = await new Scene({ maxFlows: 6 }, { seed, datagramLoss: 0.1 }).start();
    const { network } = scene;
    network.conditions.delayMs = network.between(0, 50);
    const clients = await Promise.all(
      Array.from({ length: 10 }, (_, index) => scene.client(`198.51.100.${index + 1}`)),
    );
    for (let round = 0; round < 10; round++) {
      for (const [index, { ask }] of clients.entries()) if (network.random() < 0.7) ask(`${index}.${round}`);
      network.pass(network.random() * 60);
    }
    network.pump();
    let answers = 0;
    for (const [index, { ear }] of clients.entries()) {
      answers += ear.heard.length;
      for (const line of ear.heard) expect(line).toMatch(new RegExp(`^re ${index}\\.\\d ${asked}:137$`));
    }
    expect(answers).toBeGreaterThan(5);
    expect(scene.forwarder.overview().sessions).toBeLessThanOrEqual(6);
    await network.until(scene.forwarder.stop({ graceMs: 0 }));
  });
});
