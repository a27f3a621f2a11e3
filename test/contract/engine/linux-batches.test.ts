import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { UdpPort } from '../../../src/engine/engine.ts';
import { CallBatch } from '../../../src/engine/linux/loop/call-batch.ts';
import { DatagramInbox } from '../../../src/engine/linux/shared/datagram-inbox.ts';
import { IoUring } from '../../../src/engine/linux/loop/io-uring.ts';
import { loadLibc } from '../../../src/engine/linux/kernel/libc.ts';
import { LinuxEngine } from '../../../src/engine/linux/linux-engine.ts';
import { linuxProblem } from '../../../src/engine/linux/self-test.ts';
import { systemRuntime } from '../../../src/runtime/system-runtime.ts';
import { turns } from './condition.ts';
import { bothKinds, EngineFixture, pattern, type Pair } from './engine-fixture.ts';

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

/** Why there are no batches here. */
function batchProblem(): string | undefined {
  const problem = linuxProblem();
  if (problem !== undefined) return problem;
  const engine = new LinuxEngine(systemRuntime);
  void engine.close();
  return engine.batchProblem;
}

const problem = batchProblem();

/** Several connections that are ready at once: what one does to another whose bytes were received with its own. */
describe.skipIf(problem !== undefined)(
  `batches${problem === undefined ? '' : ` (not here: ${problem})`}`,
  () => {
    let fixture: EngineFixture;
    let submit: ReturnType<typeof observe>;

    function observe() {
      return vi.spyOn(IoUring.prototype, 'submit');
    }

    /** How many calls each submission has made so far. */
    const made = (): number[] => submit.mock.results.map(({ value }) => value as number);

    const pairs = (count: number, kind: 'accepted' | 'outgoing' = 'accepted'): Promise<Pair[]> =>
      Promise.all(Array.from({ length: count }, () => fixture.pair(kind)));

    /** Has them send back what they receive. */
    function echo(all: readonly Pair[]): void {
      for (const { recorder } of all)
        recorder.on.data = (connection, bytes) => void connection.write(bytes, 0, bytes.length);
    }

    /** The first of two whose bytes come in the same turn, and the second, in the order in which they are told. */
    async function two(): Promise<[Pair, Pair]> {
      const [first, second] = await pairs(2);
      await turns();
      return [first!, second!];
    }

    /** Has both receive in one turn; what the first does about it comes before the second is told. */
    function sendBoth([first, second]: readonly [Pair, Pair], bytes: Buffer): void {
      first.other.send('first');
      second.other.send(bytes);
    }

    beforeEach(() => {
      fixture = new EngineFixture((runtime) => new LinuxEngine(runtime));
      submit = observe();
    });
    afterEach(async () => {
      await fixture.dispose();
      vi.restoreAllMocks();
      expect(fixture.ownerCalls.violations).toEqual([]);
    });

    it.each(bothKinds)(
      'receive from all that are ready with one call, and send with another (%s)',
      async (kind) => {
        const all = await pairs(5, kind);
        echo(all);
        await turns();
        submit.mockClear();
        for (const { other } of all) other.send('request');
        await Promise.all(all.map(({ other }) => other.untilBytes(7)));
        expect(made()).toEqual([5, 5]);
        expect(all.map(({ other }) => other.text)).toEqual(new Array(5).fill('request'));
        expect(all.map(({ recorder }) => recorder.text)).toEqual(new Array(5).fill('request'));
      },
    );

    it('hold as many as a submission may have, and go on with the next', async () => {
      const all = await pairs(150);
      echo(all);
      await turns();
      const bytes = pattern(3 * kibibyte);
      for (const { other } of all) other.send(bytes);
      await Promise.all(all.map(({ other }) => other.untilBytes(bytes.length)));
      expect(Math.max(...made())).toBe(64);
      for (const { other } of all) expect(other.bytes.equals(bytes)).toBe(true);
    });

    it('keep what was received for a connection that another one pauses, and hand it on in order', async () => {
      const both = await two();
      const [first, second] = both;
      const bytes = pattern(20 * kibibyte);
      first.recorder.on.data = () => second.connection.pause();
      sendBoth(both, bytes.subarray(0, 100));
      await first.recorder.untilBytes(5);
      await turns();
      expect(second.recorder.byteCount).toBe(0);
      second.other.send(bytes.subarray(100));
      second.other.socket.end();
      await turns();
      expect(second.recorder.events).toEqual([]);
      second.connection.resume();
      await second.recorder.until('end');
      expect(second.recorder.bytes.equals(bytes)).toBe(true);
    });

    it('notice the end that came while they kept something', async () => {
      const both = await two();
      const [first, second] = both;
      first.recorder.on.data = () => second.connection.pause();
      sendBoth(both, Buffer.from('second'));
      await first.recorder.untilBytes(5);
      second.other.socket.end();
      await turns();
      second.connection.resume();
      await second.recorder.until('end');
      expect(second.recorder.text).toBe('second');
    });

    it('tell nothing to a connection that another one resets', async () => {
      const both = await two();
      const [first, second] = both;
      first.recorder.on.data = () => second.connection.reset();
      sendBoth(both, Buffer.from('second'));
      await second.recorder.until('close');
      await second.other.untilReset();
      expect(second.recorder.events).toEqual(['close']);
    });

    it('hand a relay with a limit its part of what was received, and its owner the rest', async () => {
      const both = await two();
      const [first, second] = both;
      const to = await fixture.pair('outgoing');
      first.recorder.on.data = () => second.connection.relay(to.connection, 10);
      sendBoth(both, Buffer.from('0123456789 and the rest'));
      await second.recorder.untilBytes(13);
      await to.other.untilBytes(10);
      expect(second.recorder.events).toEqual(['relayed', 'data']);
      expect([to.other.text, second.recorder.text]).toEqual(['0123456789', ' and the rest']);
    });

    it.each([
      { what: 'a limit', limit: mebibyte },
      { what: 'no limit', limit: Infinity },
    ])('send what was received before what is spliced, with $what', async ({ limit }) => {
      const both = await two();
      const [first, second] = both;
      const to = await fixture.pair('outgoing');
      const bytes = pattern(mebibyte);
      first.recorder.on.data = () => second.connection.relay(to.connection, limit);
      sendBoth(both, bytes);
      await to.other.untilBytes(bytes.length);
      expect(to.other.bytes.equals(bytes)).toBe(true);
      expect(second.recorder.byteCount).toBe(0);
    });

    it('send in the order of the writes, whoever made them, and FIN at last', async () => {
      const all = await pairs(4);
      const to = await fixture.pair('outgoing');
      for (const { recorder } of all)
        recorder.on.data = (connection, bytes) => {
          to.connection.write(bytes, 0, bytes.length);
          connection.write(bytes, 0, bytes.length);
          if (connection === all[3]?.connection) to.connection.end();
        };
      await turns();
      for (const [index, { other }] of all.entries()) other.send(`request ${index}, `);
      await to.other.untilEnd();
      expect(to.other.text).toBe('request 0, request 1, request 2, request 3, ');
    });

    it('have one send for each connection: behind a part that the kernel took, nothing else may come', async () => {
      const all = await pairs(3);
      const targets = await pairs(2, 'outgoing');
      for (const { recorder } of all)
        recorder.on.data = (_connection, bytes) => {
          for (const { connection } of targets) connection.write(bytes, 0, bytes.length);
        };
      await turns();
      submit.mockClear();
      for (const { other } of all) other.send('request');
      await Promise.all(targets.map(({ other }) => other.untilBytes(21)));
      expect(made()).toEqual([3, 2, 2, 2]);
    });

    it('try a datagram again that met the refusal of the one before', async () => {
      const { engine } = fixture;
      const refusals: string[] = [];
      const onError = (_port: UdpPort, error: Error): void => void refusals.push(error.message);
      const silent = { onDatagram: () => undefined, onError };
      const nobody = await engine.bindUdp({ host: '127.0.0.1', port: 0 }, silent);
      nobody.close();
      const out = engine.connectUdp({ host: '127.0.0.1', port: nobody.port }, silent);
      const relay = await engine.bindUdp(
        { host: '127.0.0.1', port: 0 },
        {
          onDatagram: (_port, bytes, start, end) => {
            out.sendConnected(bytes, start, end);
          },
          onError,
        },
      );
      const client = engine.connectUdp({ host: '127.0.0.1', port: relay.port }, silent);
      await turns();
      for (const text of ['one', 'two']) client.sendConnected(Buffer.from(text), 0, text.length);
      await turns();
      // The system tells the second sender of the first refusal, and sends nothing.
      expect(made()).toContain(2);
      expect(refusals).toHaveLength(2);
    });

    it('send what came in datagrams before a port that opens throws others away in the same memory', async () => {
      const flush = vi.spyOn(CallBatch.prototype, 'flush');
      const discard = vi.spyOn(DatagramInbox.prototype, 'discard').mockImplementation(function (
        this: DatagramInbox,
        descriptor,
      ) {
        flush.mockClear();
        this.receive(descriptor, false);
        expect(flush).toHaveBeenCalledOnce();
      });
      const silent = { onDatagram: () => undefined, onError: () => undefined };
      fixture.engine.connectUdp({ host: '127.0.0.1', port: 9 }, silent);
      await turns();
      expect(discard).toHaveBeenCalledOnce();
      expect(discard.mock.results[0]?.type).toBe('return');
    });

    it('send what was written before a reset', async () => {
      const all = await pairs(3);
      for (const { recorder } of all)
        recorder.on.data = (connection) => {
          connection.write(Buffer.from('farewell'), 0, 8);
          connection.reset();
        };
      await turns();
      for (const { other } of all) other.send('request');
      await Promise.all(all.map(({ other }) => other.untilReset()));
      expect(all.map(({ other }) => other.text)).toEqual(new Array(3).fill('farewell'));
    });

    it('lose nothing where the other sides have no room', async () => {
      const all = await pairs(4);
      const pieces = pattern(60 * kibibyte);
      const written = all.map(() => 0);
      const isFull = all.map(() => false);
      for (const [index, { connection, other, recorder }] of all.entries()) {
        other.socket.pause();
        recorder.on.data = () => {
          if (isFull[index]) return;
          written[index]! += pieces.length;
          isFull[index] = !connection.write(pieces, 0, pieces.length);
        };
      }
      await turns();
      while (!isFull.every(Boolean)) {
        for (const { other } of all) other.send('!');
        await turns(2);
      }
      for (const { other } of all) other.socket.resume();
      await Promise.all(all.map(({ other }, index) => other.untilBytes(written[index]!)));
      await Promise.all(all.map(({ recorder }) => recorder.until('drain')));
      for (const [index, { other }] of all.entries()) {
        const expected = Buffer.concat(new Array<Buffer>(written[index]! / pieces.length).fill(pieces));
        expect(other.bytes.equals(expected)).toBe(true);
      }
    });

    it('relay what others have no room for, in order', async () => {
      const sources = await pairs(4);
      const targets = await pairs(4, 'outgoing');
      const bytes = pattern(8 * mebibyte);
      for (const [index, { connection }] of sources.entries()) {
        targets[index]!.other.socket.pause();
        connection.relay(targets[index]!.connection);
      }
      // Small pieces are copied at first, until there is no room; the large rest is spliced.
      for (let at = 0; at < 7 * mebibyte; at += 16 * kibibyte) {
        for (const { other } of sources) other.send(bytes.subarray(at, at + 16 * kibibyte));
        if (at % (128 * kibibyte) === 0) await turns(2);
      }
      for (const { other } of sources) other.send(bytes.subarray(7 * mebibyte));
      for (const { other } of targets) other.socket.resume();
      await Promise.all(targets.map(({ other }) => other.untilBytes(bytes.length)));
      for (const { other } of targets) expect(other.bytes.equals(bytes)).toBe(true);
    });

    it('tell a failed send to its own connection alone', async () => {
      const all = await pairs(3);
      const broken = await fixture.pair('outgoing');
      for (const { recorder } of all)
        recorder.on.data = (connection, bytes) => {
          broken.connection.write(bytes, 0, bytes.length);
          connection.write(bytes, 0, bytes.length);
        };
      broken.connection.pause();
      await turns();
      broken.other.socket.resetAndDestroy();
      for (const { other } of all) other.send('request');
      await broken.recorder.until('close');
      await Promise.all(all.map(({ other }) => other.untilBytes(7)));
      expect(broken.recorder.closeError?.code).toBe('SLUICE_ERR_RESET');
      expect(all.map(({ recorder }) => recorder.closeCount)).toEqual([0, 0, 0]);
    });

    it('make calls one by one where the kernel makes too few together', async () => {
      const all = await pairs(4);
      echo(all);
      await turns();
      submit.mockRestore();
      const libc = loadLibc();
      const enter = vi.spyOn(libc, 'ioUringEnter').mockReturnValue(-1);
      for (const { other } of all) other.send('request');
      await Promise.all(all.map(({ other }) => other.untilBytes(7)));
      expect(enter).toHaveBeenCalled();
      enter.mockRestore();
      for (const { other } of all) other.send('another');
      await Promise.all(all.map(({ other }) => other.untilBytes(14)));
      expect(all.map(({ other }) => other.text)).toEqual(new Array(4).fill('requestanother'));
    });
  },
);
