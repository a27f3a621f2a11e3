import { describe, expect, it } from 'vitest';
import type { Connection, Engine } from '../../../../src/engine/engine.ts';
import {
  VirtualNetwork,
  type VirtualNetworkOptions,
} from '../../../../src/engine/virtual/virtual-network.ts';
import { Recorder } from '../../../contract/engine/recorder.ts';

const host = '192.0.2.2';
const port = 104;

/** A client and a server on two hosts. */
class TwoHosts {
  readonly network: VirtualNetwork;
  readonly near;
  readonly far;
  readonly client: Engine;
  readonly server: Engine;
  readonly accepted: { connection: Connection; recorder: Recorder }[] = [];

  constructor(options: VirtualNetworkOptions = {}) {
    this.network = new VirtualNetwork(options);
    this.near = this.network.host('192.0.2.1');
    this.far = this.network.host(host, '192.0.2.3');
    this.client = this.network.engine(this.near);
    this.server = this.network.engine(this.far);
  }

  listen(address = host, backlog = 511) {
    const onAccept = (connection: Connection): void => {
      const recorder = new Recorder();
      connection.handler = recorder;
      connection.resume();
      this.accepted.push({ connection, recorder });
    };
    return this.server.listen({ host: address, port, backlog }, { onAccept });
  }

  connect(to = host): { connection: Connection; recorder: Recorder } {
    const recorder = new Recorder();
    return { connection: this.client.connect({ host: to, port }, recorder), recorder };
  }
}

const text = (length: number): Buffer => Buffer.alloc(length, 'x');

describe('the order of events', () => {
  async function traceOf(seed: number): Promise<string> {
    const lines: string[] = [];
    const hosts = new TwoHosts({ seed, trace: (line) => lines.push(line), sendBufferBytes: 500 });
    hosts.network.conditions.delayMs = hosts.network.between(0, 5);
    await hosts.listen();
    const clients = Array.from({ length: 5 }, () => hosts.connect());
    for (const { connection, recorder } of clients) {
      connection.write(text(3000), 0, 3000);
      recorder.on.drain = () => {
        connection.end();
      };
    }
    hosts.network.pump();
    hosts.accepted[0]?.connection.reset();
    for (const { connection } of hosts.accepted) connection.end();
    hosts.network.pump();
    return lines.join('\n');
  }

  it('is the same for the same seed, and another one for another', async () => {
    const [first, again, other] = [await traceOf(7), await traceOf(7), await traceOf(8)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(first.split('\n').length).toBeGreaterThan(30);
  });

  it('is the same with and without promises settled in between', async () => {
    const received = async (run: (network: VirtualNetwork) => unknown): Promise<string> => {
      const lines: string[] = [];
      const hosts = new TwoHosts({ seed: 3, trace: (line) => lines.push(line), delayMs: 1 });
      await hosts.listen();
      hosts.connect().connection.write(text(2000), 0, 2000);
      await run(hosts.network);
      return lines.join('\n');
    };
    expect(await received((network) => network.run())).toBe(
      await received((network) => {
        network.pump();
      }),
    );
  });

  it('lets time pass only where nothing is ready, and timers fire on the way', async () => {
    const hosts = new TwoHosts({ delayMs: 10 });
    await hosts.listen();
    const fired: number[] = [];
    hosts.network.clock.schedule(15, () => fired.push(hosts.network.clock.nowMs()));
    hosts.network.clock.schedule(500, () => fired.push(hosts.network.clock.nowMs()));
    const { recorder } = hosts.connect();
    await hosts.network.run();
    expect([recorder.events, fired, hosts.network.clock.nowMs()]).toEqual([['connect'], [15], 20]);
    await hosts.network.advance(1000);
    expect([fired, hosts.network.clock.nowMs()]).toEqual([[15, 500], 1020]);
  });

  it('says with which seed a goal is not reached', async () => {
    const network = new VirtualNetwork({ seed: 42 });
    await expect(network.until(() => false)).rejects.toThrow('seed 42');
  });
});

describe('memory that was lent', () => {
  async function received(use: (bytes: Buffer, start: number, end: number) => void): Promise<VirtualNetwork> {
    const hosts = new TwoHosts({ seed: 42 });
    await hosts.server.listen(
      { host, port },
      {
        onAccept: (connection) => {
          const recorder = new Recorder();
          recorder.onData = (_connection, bytes, start, end) => {
            use(bytes, start, end);
          };
          connection.handler = recorder;
          connection.resume();
        },
      },
    );
    hosts.connect().connection.write(Buffer.from('hello'), 0, 5);
    return hosts.network;
  }

  it('is poisoned after the call', async () => {
    let kept: Buffer = Buffer.alloc(0);
    const network = await received((bytes, start, end) => {
      kept = bytes.subarray(start, end);
      expect('hello').toContain(kept.toString('latin1'));
    });
    network.pump();
    expect([...new Set(kept)]).toEqual([0xa5]);
  });

  it('may be written to, but not beside it', async () => {
    (await received((bytes, start, end) => bytes.fill(0, start, end))).pump();
    const network = await received((bytes, start) => bytes.fill(0, start - 1, start));
    expect(() => {
      network.pump();
    }).toThrow('seed 42: memory was written to outside');
  });

  it('is sent only during the call', async () => {
    const hosts = new TwoHosts();
    await hosts.listen();
    const { connection } = hosts.connect();
    hosts.network.pump();
    let kept: Buffer = Buffer.alloc(0);
    const [server] = hosts.accepted;
    server!.recorder.onData = (_connection, bytes, start, end) => {
      kept = bytes.subarray(start, end);
      server!.connection.write(bytes, start, end);
    };
    connection.write(Buffer.from('hello'), 0, 5);
    hosts.network.pump();
    expect(() => server!.connection.write(kept, 0, 1)).toThrow('only during the call');
    expect(() => {
      hosts.network.pump();
      hosts.network.step();
    }).toThrow('seed 1');
  });

  it('is all there when it is sent', async () => {
    const { connection } = new TwoHosts().connect();
    expect(() => connection.write(Buffer.alloc(5), 0, 6)).toThrow(
      'bytes 0 to 6 are not all inside the buffer of 5 bytes',
    );
  });
});

describe('a connection', () => {
  it('waits for a host that is silent, and goes on once it is heard', async () => {
    const hosts = new TwoHosts();
    await hosts.listen();
    hosts.far.isSilent = true;
    const waiting = hosts.connect();
    const given = hosts.connect();
    await hosts.network.advance(60_000);
    given.connection.reset();
    await hosts.network.run();
    expect([waiting.recorder.events, given.recorder.events]).toEqual([[], ['close']]);
    hosts.far.isSilent = false;
    await hosts.network.run();
    expect(waiting.recorder.events).toEqual(['connect']);
    expect(hosts.accepted).toHaveLength(1);
  });

  it('stands still while a host is silent, and loses nothing but a reset', async () => {
    const hosts = new TwoHosts();
    await hosts.listen();
    const [first, second] = [hosts.connect(), hosts.connect()];
    hosts.network.pump();
    hosts.near.isSilent = true;
    first.connection.write(Buffer.from('late'), 0, 4);
    first.connection.end();
    second.connection.reset();
    hosts.network.pump();
    expect(hosts.accepted.map(({ recorder }) => recorder.events)).toEqual([[], []]);
    hosts.near.isSilent = false;
    hosts.network.pump();
    const events = hosts.accepted.map(({ recorder }) => `${recorder.text} ${recorder.events.join()}`);
    expect(events.sort()).toEqual([' ', 'late data,end']);
  });

  it('fails after three seconds where no host has the address', async () => {
    const hosts = new TwoHosts();
    const { recorder } = hosts.connect('192.0.2.99');
    await hosts.network.run();
    expect(hosts.network.clock.nowMs()).toBe(3000);
    expect(recorder.closeError).toMatchObject({
      code: 'SLUICE_ERR_CONNECT',
      cause: { code: 'EHOSTUNREACH' },
    });
  });

  it('tries the addresses of a name in their order', async () => {
    const hosts = new TwoHosts({ lookUpMs: 20 });
    await hosts.listen('192.0.2.3');
    hosts.network.names.set('pacs.test', [host, '192.0.2.3']);
    const { connection, recorder } = hosts.connect('pacs.test');
    await hosts.network.run();
    expect(recorder.events).toEqual(['connect']);
    expect(connection.remoteAddress.toString()).toBe('192.0.2.3');
    expect(hosts.network.clock.nowMs()).toBe(20);
  });

  it('waits unanswered while the backlog is full', async () => {
    const hosts = new TwoHosts();
    const listener = await hosts.listen(host, 2);
    listener.pause();
    const clients = [hosts.connect(), hosts.connect(), hosts.connect()];
    const standing = (): number =>
      clients.filter(({ recorder }) => recorder.events.includes('connect')).length;
    hosts.network.pump();
    expect(standing()).toBe(2);
    listener.resume();
    hosts.network.pump();
    expect([standing(), hosts.accepted.length]).toEqual([3, 3]);
  });

  it('has no port where all of them are taken', () => {
    const hosts = new TwoHosts();
    hosts.far.isSilent = true;
    const ports = new Set<number>();
    for (let i = 0; i < 28_232; i++) ports.add(hosts.connect().connection.localPort);
    expect(ports.size).toBe(28_232);
    const { recorder } = hosts.connect();
    hosts.network.pump();
    expect(recorder.closeError).toMatchObject({ side: 'local', cause: { code: 'EADDRNOTAVAIL' } });
  });

  it('is held back by the descriptors of its host', async () => {
    const network = new VirtualNetwork();
    const engine = network.engine(network.host(host), { descriptors: 10 });
    const accepted: Connection[] = [];
    await engine.listen(
      { host, port },
      {
        onAccept: (connection) => {
          connection.handler = new Recorder();
          accepted.push(connection);
        },
      },
    );
    const client = network.engine(network.host('192.0.2.1'));
    for (let i = 0; i < 5; i++) client.connect({ host, port }, new Recorder());
    network.pump();
    expect(accepted).toHaveLength(2);
    accepted[0]!.reset();
    network.pump();
    expect(accepted).toHaveLength(3);
  });
});
