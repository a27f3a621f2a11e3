import { once } from 'node:events';
import type { Socket } from 'node:dgram';
import { describe, expect, it } from 'vitest';
import { IpAddress } from '../../../src/model/address.ts';
import type { SluiceError } from '../../../src/base/errors.ts';
import type { DatagramHandler, UdpPort } from '../../../src/engine/engine.ts';
import { Condition, turns } from './condition.ts';
import { pattern, type EngineFixture, hasIpv6 } from './engine-fixture.ts';

interface Received {
  readonly bytes: Buffer;
  readonly source: string;
  readonly sourcePort: number;
  readonly local: string;
}

class DatagramRecorder implements DatagramHandler {
  readonly received: Received[] = [];
  readonly errors: SluiceError[] = [];
  react: (port: UdpPort, bytes: Buffer, source: IpAddress, sourcePort: number, local: IpAddress) => void =
    () => undefined;
  readonly #condition = new Condition();

  onDatagram(
    port: UdpPort,
    bytes: Buffer,
    start: number,
    end: number,
    source: IpAddress,
    sourcePort: number,
    local: IpAddress,
  ): void {
    this.received.push({
      bytes: Buffer.from(bytes.subarray(start, end)),
      source: source.toString(),
      sourcePort,
      local: local.toString(),
    });
    try {
      this.react(port, bytes.subarray(start, end), source, sourcePort, local);
    } finally {
      this.#condition.changed();
    }
  }

  onError(_port: UdpPort, error: SluiceError): void {
    this.errors.push(error);
    this.#condition.changed();
  }

  untilReceived(count: number): Promise<void> {
    return this.#condition.until(() => this.received.length >= count);
  }

  untilError(): Promise<void> {
    return this.#condition.until(() => this.errors.length > 0);
  }
}

const loopback = new IpAddress().setV4(0x7f000001);

/** UDP ports, bound and connected. */
export function describeUdp(fixture: () => EngineFixture): void {
  /** A plain socket of this machine, bound, with what it received. */
  async function plainPort(): Promise<{ socket: Socket; port: number; received: Buffer[] }> {
    const socket = await fixture().world.bindUdp();
    const received: Buffer[] = [];
    socket.on('message', (bytes) => void received.push(bytes));
    return { socket, port: socket.address().port, received };
  }

  describe('a bound UDP port', () => {
    it('receives, and answers to where a datagram came from', async () => {
      const recorder = new DatagramRecorder();
      recorder.react = (port, bytes, source, sourcePort) => {
        port.send(bytes, 0, bytes.length, source, sourcePort);
      };
      const port = await fixture().engine.bindUdp({ host: '127.0.0.1', port: 0 }, recorder);
      expect(port.host).toBe('127.0.0.1');
      const client = await plainPort();
      for (const bytes of [Buffer.from('short'), Buffer.alloc(0), pattern(60_000)]) {
        const answer = once(client.socket, 'message') as Promise<[Buffer]>;
        client.socket.send(bytes, port.port, '127.0.0.1');
        expect((await answer)[0].equals(bytes)).toBe(true);
      }
      expect(recorder.received.map(({ bytes }) => bytes.length)).toEqual([5, 0, 60_000]);
      expect(recorder.received[0]).toMatchObject({ source: '127.0.0.1', sourcePort: client.port });
    });

    it('tells another handler from the time that it has one', async () => {
      const [first, second] = [new DatagramRecorder(), new DatagramRecorder()];
      const port = await fixture().engine.bindUdp({ host: '127.0.0.1', port: 0 }, first);
      const client = await plainPort();
      for (const recorder of [first, second]) {
        port.handler = recorder;
        const told = new Promise<void>((resolve) => {
          recorder.react = () => {
            resolve();
          };
        });
        client.socket.send('hello', port.port, '127.0.0.1');
        await told;
      }
      expect([first.received.length, second.received.length]).toEqual([1, 1]);
    });

    it.runIf(hasIpv6)('on :: talks with IPv4 as well', async () => {
      const recorder = new DatagramRecorder();
      recorder.react = (port, bytes, source, sourcePort) => {
        port.send(bytes, 0, bytes.length, source, sourcePort);
      };
      const port = await fixture().engine.bindUdp({ host: '::', port: 0 }, recorder);
      const client = await plainPort();
      client.socket.send('from IPv4', port.port, '127.0.0.1');
      await once(client.socket, 'message');
      expect(recorder.received[0]?.source).toBe('127.0.0.1');
      expect(client.received.map(String)).toEqual(['from IPv4']);
    });

    it('says where a datagram was sent to, and answers from there, as far as it can', async () => {
      const recorder = new DatagramRecorder();
      recorder.react = (port, bytes, source, sourcePort, local) => {
        port.send(bytes, 0, bytes.length, source, sourcePort, local);
      };
      const onAll = await fixture().engine.bindUdp({ host: '0.0.0.0', port: 0 }, recorder);
      const onOne = await fixture().engine.bindUdp({ host: '127.0.0.3', port: 0 }, recorder);
      const client = await plainPort();
      const asked = [
        { host: '127.0.0.2', port: onAll.port },
        { host: '127.0.0.3', port: onOne.port },
        { host: '127.0.0.1', port: onAll.port },
        { host: '127.0.0.3', port: onOne.port },
        { host: '127.0.0.4', port: onAll.port },
      ];
      for (const { host, port } of asked) {
        const answer = once(client.socket, 'message') as Promise<[Buffer, { address: string; port: number }]>;
        client.socket.send('hello', port, host);
        const [, from] = await answer;
        const local = recorder.received.at(-1)?.local;
        expect([host, '0.0.0.0']).toContain(local);
        expect(from.port).toBe(port);
        if (local === host) expect(from.address).toBe(host);
      }
      const isTold = fixture().engine.name !== 'portable';
      expect(recorder.received.map(({ local }) => local)).toEqual(
        asked.map(({ host, port }) => (isTold || port === onOne.port ? host : '0.0.0.0')),
      );
    });

    it('answers several at once from where each was sent to, and some from where the system chooses', async () => {
      const recorder = new DatagramRecorder();
      recorder.react = (port, bytes, source, sourcePort, local) => {
        const from = bytes.toString() === 'any' ? undefined : local;
        port.send(bytes, 0, bytes.length, source, sourcePort, from);
      };
      const onAll = await fixture().engine.bindUdp({ host: '0.0.0.0', port: 0 }, recorder);
      const client = await plainPort();
      const froms: string[] = [];
      client.socket.on('message', (bytes, { address }) => void froms.push(`${bytes.toString()} ${address}`));
      for (const host of ['127.0.0.2', '127.0.0.3', '127.0.0.4']) {
        client.socket.send('it', onAll.port, host);
        client.socket.send('any', onAll.port, host);
      }
      while (froms.length < 6) await turns(1);
      const its = fixture().engine.name === 'portable' ? [1, 1, 1] : [2, 3, 4];
      expect(froms.sort()).toEqual([
        ...its.map(() => 'any 127.0.0.1'),
        ...its.map((last) => `it 127.0.0.${last}`),
      ]);
    });

    it('sends the bytes as they were at the call', async () => {
      const port = await fixture().engine.bindUdp({ host: '127.0.0.1', port: 0 }, new DatagramRecorder());
      const client = await plainPort();
      const bytes = Buffer.from('..one..');
      port.send(bytes, 2, 5, loopback, client.port);
      bytes.fill(0);
      await once(client.socket, 'message');
      expect(client.received.map(String)).toEqual(['one']);
    });

    it('does not share its port', async () => {
      const { engine } = fixture();
      const { port } = await engine.bindUdp({ host: '127.0.0.1', port: 0 }, new DatagramRecorder());
      await expect(engine.bindUdp({ host: '127.0.0.1', port }, new DatagramRecorder())).rejects.toMatchObject(
        {
          code: 'SLUICE_ERR_ADDRESS_IN_USE',
          message: expect.stringContaining(`127.0.0.1:${port} (UDP)`) as string,
        },
      );
    });

    it('names an address that is not on this machine', async () => {
      const binding = fixture().engine.bindUdp({ host: '203.0.113.1', port: 0 }, new DatagramRecorder());
      await expect(binding).rejects.toMatchObject({
        code: 'SLUICE_ERR_ADDRESS_NOT_AVAILABLE',
        message: expect.stringContaining('203.0.113.1') as string,
      });
    });

    it('drops what cannot be sent, and goes on', async () => {
      const port = await fixture().engine.bindUdp({ host: '127.0.0.1', port: 0 }, new DatagramRecorder());
      const client = await plainPort();
      port.send(Buffer.alloc(65_536), 0, 65_536, loopback, client.port);
      port.send(Buffer.from('x'), 0, 1, loopback, 0);
      port.send(Buffer.from('good'), 0, 4, loopback, client.port);
      await once(client.socket, 'message');
      expect(client.received.map(String)).toEqual(['good']);
    });

    it('survives a handler that throws', async () => {
      const recorder = new DatagramRecorder();
      recorder.react = () => {
        throw new Error('secret contents');
      };
      const port = await fixture().engine.bindUdp({ host: '127.0.0.1', port: 0 }, recorder);
      const client = await plainPort();
      client.socket.send('one', port.port, '127.0.0.1');
      await recorder.untilError();
      client.socket.send('two', port.port, '127.0.0.1');
      await recorder.untilReceived(2);
      expect(recorder.errors[0]?.code).toBe('SLUICE_ERR_INTERNAL');
      expect(fixture().log[0]).toContain('onDatagram');
      expect(fixture().log.join()).not.toContain('secret');
    });

    it('calls nothing after close()', async () => {
      const recorder = new DatagramRecorder();
      const port = await fixture().engine.bindUdp({ host: '127.0.0.1', port: 0 }, recorder);
      const client = await plainPort();
      client.socket.send('one', port.port, '127.0.0.1');
      client.socket.send('two', port.port, '127.0.0.1');
      recorder.react = () => {
        port.close();
      };
      await recorder.untilReceived(1);
      port.close();
      port.send(Buffer.from('late'), 0, 4, loopback, client.port);
      await turns();
      expect(recorder.received).toHaveLength(1);
    });

    it('refuses sendConnected()', async () => {
      const port = await fixture().engine.bindUdp({ host: '127.0.0.1', port: 0 }, new DatagramRecorder());
      expect(() => {
        port.sendConnected(Buffer.from('x'), 0, 1);
      }).toThrow(expect.objectContaining({ code: 'SLUICE_ERR_STATE' }) as Error);
    });
  });

  describe('a connected UDP port', () => {
    it('talks with its address, from a port of its own', async () => {
      const server = await plainPort();
      server.socket.on('message', (bytes, from) => {
        server.socket.send(bytes, from.port, from.address);
      });
      const recorder = new DatagramRecorder();
      const port = fixture().engine.connectUdp({ host: '127.0.0.1', port: server.port }, recorder);
      expect(port.port).toBe(0);
      for (const bytes of [Buffer.from('early'), Buffer.alloc(0)]) port.sendConnected(bytes, 0, bytes.length);
      await recorder.untilReceived(2);
      const large = pattern(60_000);
      port.sendConnected(large, 0, large.length);
      await recorder.untilReceived(3);
      expect(recorder.received.map(({ bytes }) => bytes.length)).toEqual([5, 0, 60_000]);
      expect(recorder.received[2]?.bytes.equals(large)).toBe(true);
      expect(recorder.received[0]).toMatchObject({ source: '127.0.0.1', sourcePort: server.port });
      expect(port.port).toBeGreaterThan(0);
      expect(port.host).toBe('127.0.0.1');
    });

    it('hears all of many answers to one datagram, in order, and one that comes later', async () => {
      const server = await plainPort();
      server.socket.once('message', (_bytes, from) => {
        for (let i = 0; i < 100; i++) server.socket.send(Buffer.from([i]), from.port, from.address);
      });
      const recorder = new DatagramRecorder();
      const port = fixture().engine.connectUdp({ host: '127.0.0.1', port: server.port }, recorder);
      port.sendConnected(Buffer.from('all?'), 0, 4);
      await recorder.untilReceived(100);
      expect(recorder.received.map(({ bytes }) => bytes[0])).toEqual([...Array(100).keys()]);
      server.socket.send('unasked', port.port, '127.0.0.1');
      await recorder.untilReceived(101);
      expect(String(recorder.received[100]?.bytes)).toBe('unasked');
      const sources = recorder.received.map(({ source, sourcePort }) => `${source}:${sourcePort}`);
      expect(new Set(sources)).toEqual(new Set([`127.0.0.1:${server.port}`]));
    });

    /** Both ends of a forwarder: what comes to the one is sent by the other, from the memory it came in. */
    async function forwarder(toPort: number, after: (port: UdpPort) => void = () => undefined) {
      const errors: SluiceError[] = [];
      const onError = (_port: UdpPort, error: SluiceError): void => void errors.push(error);
      const { engine } = fixture();
      const out = engine.connectUdp(
        { host: '127.0.0.1', port: toPort },
        { onDatagram: () => undefined, onError },
      );
      const onDatagram: DatagramHandler['onDatagram'] = (_port, bytes, start, end) => {
        out.sendConnected(bytes, start, end);
        after(out);
      };
      const bound = await engine.bindUdp({ host: '127.0.0.1', port: 0 }, { onDatagram, onError });
      await turns();
      return { bound, errors };
    }

    it('passes a burst on, whole and in order', async () => {
      const server = await plainPort();
      const client = await plainPort();
      const { bound, errors } = await forwarder(server.port);
      const sent = Array.from({ length: 150 }, (_, index) => Buffer.alloc(100 + index, index));
      for (const bytes of sent) client.socket.send(bytes, bound.port, '127.0.0.1');
      while (server.received.length < sent.length) await once(server.socket, 'message');
      expect(Buffer.concat(server.received).equals(Buffer.concat(sent))).toBe(true);
      expect(errors).toEqual([]);
    });

    it('sends what it was given before close()', async () => {
      const server = await plainPort();
      const client = await plainPort();
      const { bound } = await forwarder(server.port, (port) => {
        port.close();
      });
      for (const text of ['first', 'second']) client.socket.send(text, bound.port, '127.0.0.1');
      await once(server.socket, 'message');
      await turns();
      expect(server.received.map(String)).toEqual(['first']);
    });

    it('keeps 16 datagrams until it is ready', async () => {
      const server = await plainPort();
      const port = fixture().engine.connectUdp(
        { host: '127.0.0.1', port: server.port },
        new DatagramRecorder(),
      );
      for (let i = 0; i < 20; i++) port.sendConnected(Buffer.from([i]), 0, 1);
      while (server.received.length < 16) await once(server.socket, 'message');
      await turns();
      expect(server.received.map((bytes) => bytes[0])).toEqual([...Array(16).keys()]);
    });

    it('hears nobody else', async () => {
      const [server, stranger] = [await plainPort(), await plainPort()];
      const recorder = new DatagramRecorder();
      const port = fixture().engine.connectUdp({ host: '127.0.0.1', port: server.port }, recorder);
      port.sendConnected(Buffer.from('hello'), 0, 5);
      await once(server.socket, 'message');
      stranger.socket.send('intruder', port.port, '127.0.0.1');
      await turns();
      server.socket.send('answer', port.port, '127.0.0.1');
      await recorder.untilReceived(1);
      await turns();
      expect(recorder.received.map(({ bytes }) => String(bytes))).toEqual(['answer']);
    });

    it.each([1, 2, 5])('tells that the other port is closed, after %d datagrams at once', async (count) => {
      const closedPort = await fixture().closedUdpPort();
      const recorder = new DatagramRecorder();
      const port = fixture().engine.connectUdp({ host: '127.0.0.1', port: closedPort }, recorder);
      for (let i = 0; i < count; i++) port.sendConnected(Buffer.from('anyone?'), 0, 7);
      await recorder.untilError();
      expect(recorder.errors[0]).toMatchObject({
        code: 'SLUICE_ERR_CONNECT_REFUSED',
        side: 'server',
        message: expect.stringContaining(`127.0.0.1:${closedPort}`) as string,
      });
    });

    it('is known as its own by address and number, as a bound one is, until it is closed', async () => {
      const { engine } = fixture();
      if (engine.isOwnUdp === undefined) return;
      const silent = new DatagramRecorder();
      const bound = await engine.bindUdp({ host: '127.0.0.1', port: 0 }, silent);
      const connected = engine.connectUdp({ host: '127.0.0.1', port: bound.port }, silent);
      connected.sendConnected(Buffer.from('x'), 0, 1);
      await silent.untilReceived(1);
      const places = [bound.port, connected.port];
      expect(places.map((port) => engine.isOwnUdp?.(loopback, port))).toEqual([true, true]);
      const elsewhere = new IpAddress().setV4(0x7f000002);
      expect(places.map((port) => engine.isOwnUdp?.(elsewhere, port))).toEqual([false, false]);
      connected.close();
      bound.close();
      expect(places.map((port) => engine.isOwnUdp?.(loopback, port))).toEqual([false, false]);
    });

    it('tells when it cannot be opened', async () => {
      const options = [
        { host: 'no-such-host.invalid', port: 137 },
        { host: '127.0.0.1', port: 137, localAddress: '203.0.113.1' },
        { host: '127.0.0.1', port: 70_000 },
      ];
      for (const option of options) {
        const recorder = new DatagramRecorder();
        const port = fixture().engine.connectUdp(option, recorder);
        port.sendConnected(Buffer.from('x'), 0, 1);
        await recorder.untilError();
        expect(recorder.errors[0]?.code).toBe('SLUICE_ERR_CONNECT');
        port.close();
      }
    });

    it('calls nothing after close(), whenever that comes', async () => {
      const server = await plainPort();
      server.socket.on('message', (bytes, from) => {
        server.socket.send(bytes, from.port, from.address);
      });
      const recorder = new DatagramRecorder();
      const early = fixture().engine.connectUdp({ host: '127.0.0.1', port: server.port }, recorder);
      early.close();
      const late = fixture().engine.connectUdp({ host: '127.0.0.1', port: server.port }, recorder);
      late.sendConnected(Buffer.from('x'), 0, 1);
      await once(server.socket, 'message');
      late.close();
      late.close();
      late.sendConnected(Buffer.from('x'), 0, 1);
      await turns();
      expect([recorder.received, recorder.errors]).toEqual([[], []]);
    });
  });
}
