import { beforeEach, describe, expect, it } from 'vitest';
import type { DatagramHandler, UdpPort } from '../../../src/engine/engine.ts';
import type { SluiceError } from '../../../src/base/errors.ts';
import { Condition } from './condition.ts';
import type { EngineFixture } from './engine-fixture.ts';
import type { PlainNames } from './plain-world.ts';
import { Recorder } from './recorder.ts';
import { onceDoneWithin } from '../../support/once-faster-than.ts';

/** The addresses of names here: nothing ever listens on the first. */
const nobody = '127.0.0.40';
const first = '127.0.0.41';
const second = '127.0.0.42';

class Heard implements DatagramHandler {
  readonly datagrams: string[] = [];
  readonly errors: SluiceError[] = [];
  readonly changes = new Condition();

  onDatagram(_port: UdpPort, bytes: Buffer, start: number, end: number): void {
    this.datagrams.push(bytes.toString('latin1', start, end));
    this.changes.changed();
  }

  onError(_port: UdpPort, error: SluiceError): void {
    this.errors.push(error);
    this.changes.changed();
  }
}

/** Other sides that are given by a host name. */
export function describeNames(fixture: () => EngineFixture): void {
  describe('a host name', () => {
    let names: PlainNames;

    beforeEach(async () => {
      names = await fixture().world.openNames();
    });

    /** A server on one port of several addresses, which says its address. */
    async function tcpServers(...hosts: string[]): Promise<number> {
      return tcpServersOn(0, ...hosts);
    }

    async function tcpServersOn(wantedPort: number, ...hosts: string[]): Promise<number> {
      let port = wantedPort;
      for (const host of hosts)
        port = await fixture().world.serve((socket) => socket.write(host), host, port);
      return port;
    }

    /** Answers with its address, or not at all. */
    async function udpServers(...hosts: (string | { silent: string })[]): Promise<number> {
      let port = 0;
      for (const host of hosts) {
        const address = typeof host === 'string' ? host : host.silent;
        const socket = await fixture().world.bindUdp(address, port);
        if (typeof host === 'string')
          socket.on('message', (_bytes, from) => {
            socket.send(address, from.port, from.address);
          });
        port = socket.address().port;
      }
      return port;
    }

    async function connect(host: string, port: number) {
      const recorder = new Recorder(fixture().ownerCalls);
      const connection = fixture().engine.connect({ host, port }, recorder);
      await Promise.race([recorder.until('data'), recorder.until('close')]);
      return { connection, recorder };
    }

    it('is asked for once, by all who connect to it, and names the address that took the connection', async () => {
      const port = await tcpServers(first);
      names.set('pacs.test', { addresses: [first], ttl: 30 });
      const { engine } = fixture();
      const recorders = Array.from({ length: 5 }, () => new Recorder(fixture().ownerCalls));
      const connections = recorders.map((recorder) => engine.connect({ host: 'pacs.test', port }, recorder));
      await Promise.all(recorders.map((recorder) => recorder.until('data')));
      await connect('pacs.test', port);
      expect(names.queries.toSorted()).toEqual(['pacs.test A', 'pacs.test AAAA']);
      expect(connections.map(({ remoteAddress }) => String(remoteAddress))).toEqual(Array(5).fill(first));
      expect(connections.map(({ isOutdated }) => isOutdated)).toEqual(Array(5).fill(false));
    });

    it('has the next address tried where one refuses, and later begins with the one that worked', async () => {
      const port = await tcpServers(second);
      names.set('pacs.test', { addresses: [nobody, first, second], ttl: 30 });
      const { connection } = await connect('pacs.test', port);
      expect(String(connection.remoteAddress)).toBe(second);
      const udpPort = await udpServers(first, second);
      const heard = new Heard();
      fixture()
        .engine.connectUdp({ host: 'pacs.test', port: udpPort }, heard)
        .sendConnected(Buffer.from('?'), 0, 1);
      await heard.changes.until(() => heard.datagrams.length > 0);
      expect(heard.datagrams).toEqual([second]);
    });

    it('has the next address tried where one stays silent, and later begins with that', async () => {
      const silentPort = await fixture().world.silentPort();
      await tcpServersOn(silentPort, second);
      names.set('pacs.test', { addresses: ['127.0.0.1', second], ttl: 30 });
      const connectToSecond = async (): Promise<void> => {
        const { connection } = await connect('pacs.test', silentPort);
        expect(String(connection.remoteAddress)).toBe(second);
      };
      await connectToSecond();
      await onceDoneWithin(500, connectToSecond);
    });

    it('is refused where all of its addresses are', async () => {
      const port = await fixture().closedPort();
      names.set('pacs.test', { addresses: [nobody, first] });
      const { recorder } = await connect('pacs.test', port);
      expect(recorder.closeError).toMatchObject({ code: 'SLUICE_ERR_CONNECT_REFUSED', side: 'server' });
    });

    it('that moves leaves its connections and ports outdated', async () => {
      const [port, udpPort] = [await tcpServers(first, second), await udpServers(first, second)];
      names.set('pacs.test', { addresses: [first], ttl: 0 });
      const { connection } = await connect('pacs.test', port);
      const heard = new Heard();
      const udp = fixture().engine.connectUdp({ host: 'pacs.test', port: udpPort }, heard);
      udp.sendConnected(Buffer.from('?'), 0, 1);
      await heard.changes.until(() => heard.datagrams.length > 0);
      expect([connection.isOutdated, udp.isOutdated]).toEqual([false, false]);
      names.set('pacs.test', { addresses: [second], ttl: 0 });
      while (!connection.isOutdated) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(udp.isOutdated).toBe(true);
      const { connection: next } = await connect('pacs.test', port);
      expect([String(next.remoteAddress), next.isOutdated]).toEqual([second, false]);
      expect(fixture().log).toEqual([`info: the addresses of pacs.test changed from ${first} to ${second}`]);
    });

    it('that nobody answers for can be left at any time, and delays nobody else', async () => {
      const port = await tcpServers(first);
      names.set('hung.test', 'silent');
      names.set('pacs.test', { addresses: [first] });
      const recorder = new Recorder(fixture().ownerCalls);
      const hung = fixture().engine.connect({ host: 'hung.test', port }, recorder);
      const heard = new Heard();
      const udp = fixture().engine.connectUdp({ host: 'hung.test', port }, heard);
      udp.sendConnected(Buffer.from('?'), 0, 1);
      const { connection } = await connect('pacs.test', port);
      expect(String(connection.remoteAddress)).toBe(first);
      hung.reset();
      udp.close();
      await recorder.until('close');
      expect(recorder.closeError).toBeUndefined();
      const startMs = performance.now();
      await fixture().engine.close();
      expect(performance.now() - startMs).toBeLessThan(2_000);
      expect(heard.errors).toEqual([]);
    });

    it('has what was sent by UDP sent again to the next address where one refuses, in order', async () => {
      const port = await udpServers(second);
      names.set('pacs.test', { addresses: [nobody, first, second], ttl: 30 });
      const heard = new Heard();
      const udp = fixture().engine.connectUdp({ host: 'pacs.test', port }, heard);
      for (const text of ['1', '2', '3']) udp.sendConnected(Buffer.from(text), 0, 1);
      await heard.changes.until(() => heard.datagrams.length >= 3);
      expect(heard.errors).toEqual([]);
      expect(new Set(heard.datagrams)).toEqual(new Set([second]));
    });

    it('tells by UDP that its last address refuses, too', async () => {
      const port = await udpServers({ silent: '127.0.0.43' });
      names.set('pacs.test', { addresses: [nobody, first] });
      const heard = new Heard();
      const udp = fixture().engine.connectUdp({ host: 'pacs.test', port }, heard);
      udp.sendConnected(Buffer.from('?'), 0, 1);
      await heard.changes.until(() => heard.errors.length > 0);
      expect(heard.errors).toMatchObject([{ code: 'SLUICE_ERR_CONNECT_REFUSED', side: 'server' }]);
    });

    it('has another address tried after a port that expected an answer in vain', async () => {
      const port = await udpServers({ silent: first }, second);
      names.set('pacs.test', { addresses: [first, second], ttl: 30 });
      const { engine } = fixture();
      const probe = engine.connectUdp({ host: 'pacs.test', port, expectsAnswer: true }, new Heard());
      probe.sendConnected(Buffer.from('?'), 0, 1);
      while (probe.port === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      probe.close();
      const heard = new Heard();
      engine.connectUdp({ host: 'pacs.test', port }, heard).sendConnected(Buffer.from('?'), 0, 1);
      await heard.changes.until(() => heard.datagrams.length > 0);
      expect(heard.datagrams).toEqual([second]);
    });
  });
}
