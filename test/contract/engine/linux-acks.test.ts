import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connection } from '../../../src/engine/engine.ts';
import { loadLibc } from '../../../src/engine/linux/kernel/libc.ts';
import { LinuxEngine } from '../../../src/engine/linux/linux-engine.ts';
import { linuxProblem } from '../../../src/engine/linux/self-test.ts';
import { IPPROTO_TCP, TCP_NODELAY, TCP_QUICKACK } from '../../../src/engine/linux/kernel/system-constants.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';
import { turns } from './condition.ts';
import { bothKinds, EngineFixture, promiseOf, type Pair } from './engine-fixture.ts';
import { OtherSide } from './other-side.ts';
import { Recorder } from './recorder.ts';

/** A header and a body, written one after the other as toolkits do. */
const header = Buffer.alloc(12, 1);
const body = Buffer.alloc(500, 2);
const answer = Buffer.from('answer');
/** After two rounds of the schedule, whatever no answer acknowledged is. */
const twoRoundsMs = 8;
const maxNeedlessAcks = 16;

const problem = linuxProblem();

describe.skipIf(problem !== undefined)('the linux engine', () => {
  let clock: VirtualClock;
  let fixture: EngineFixture;
  /** Options of TCP that were set, in order. */
  let options: number[];

  function count(option: number): number {
    return options.filter((name) => name === option).length;
  }

  const acks = (): number => count(TCP_QUICKACK);

  beforeEach(() => {
    clock = new VirtualClock();
    fixture = new EngineFixture((runtime) => new LinuxEngine({ ...runtime, clock }));
    options = observeOptions();
  });
  afterEach(async () => {
    await fixture.dispose();
    vi.restoreAllMocks();
  });

  describe.each(bothKinds)('acknowledges on a connection that was %s', (kind) => {
    let pair: Pair;
    let received: number;

    /** Sends so many bytes of one message, which arrive on their own. */
    async function send(bytes: Buffer): Promise<void> {
      received += bytes.length;
      pair.other.send(bytes);
      await pair.recorder.untilBytes(received);
    }

    /** Whoever is asked answers before anything else happens. */
    async function ask(): Promise<void> {
      pair.recorder.on.data = (connection) => void connection.write(answer, 0, answer.length);
      await send(header);
      delete pair.recorder.on.data;
    }

    /** A message of two pieces, the second of which waits until the first is acknowledged. */
    async function ofTwoPieces(): Promise<void> {
      await send(header);
      await clock.advance(twoRoundsMs);
      await send(body);
      pair.connection.write(answer, 0, answer.length);
    }

    beforeEach(async () => {
      pair = await fixture.pair(kind);
      pair.other.socket.setNoDelay(true);
      received = 0;
    });

    it('nothing by itself, as long as each request is answered at once', async () => {
      for (let i = 0; i < 40; i++) {
        await ask();
        await clock.advance(i);
      }
      expect(acks()).toBe(0);
    });

    it('nothing where the answer comes before the second round', async () => {
      for (let i = 0; i < 5; i++) {
        await send(header);
        await clock.advance(twoRoundsMs / 2);
        pair.connection.write(answer, 0, answer.length);
        await clock.advance(100);
      }
      expect(acks()).toBe(0);
    });

    it('once, at the second round, what nobody answers', async () => {
      await send(header);
      await clock.advance(twoRoundsMs - 1);
      expect(acks()).toBe(0);
      await clock.advance(1);
      expect(acks()).toBe(1);
      await clock.advance(1000);
      expect(acks()).toBe(1);
    });

    it('at once, after the sender has once waited for it', async () => {
      await send(header);
      await clock.advance(twoRoundsMs);
      expect(acks()).toBe(1);
      await send(body);
      expect(acks()).toBe(2);
      pair.connection.write(answer, 0, answer.length);
      // From now on no time passes.
      for (let message = 1; message < 40; message++) {
        await send(header);
        expect(acks()).toBe(2 * message + 1);
        await send(body);
        expect(acks()).toBe(2 * message + 2);
        pair.connection.write(answer, 0, answer.length);
      }
    });

    it(`with the answer again, after ${maxNeedlessAcks} in a row that it could have carried`, async () => {
      await ofTwoPieces();
      const learnt = acks();
      for (let i = 1; i <= maxNeedlessAcks; i++) {
        await ask();
        expect(acks()).toBe(learnt + i);
      }
      for (let i = 0; i < 20; i++) await ask();
      await clock.advance(100);
      expect(acks()).toBe(learnt + maxNeedlessAcks);
      // It can learn anew.
      await ofTwoPieces();
      await ask();
      expect(acks()).toBe(learnt + maxNeedlessAcks + 3);
    });

    it('at once for as long as the sender now and then waits for it', async () => {
      await ofTwoPieces();
      for (let round = 0; round < 4; round++) {
        const before = acks();
        for (let i = 0; i < maxNeedlessAcks - 1; i++) await ask();
        await send(header);
        await send(body);
        pair.connection.write(answer, 0, answer.length);
        expect(acks()).toBe(before + maxNeedlessAcks + 1);
      }
    });

    it('nothing any more, after one on the schedule that only an answer followed', async () => {
      await send(header);
      await clock.advance(twoRoundsMs);
      pair.connection.write(answer, 0, answer.length);
      expect(acks()).toBe(1);
      for (let i = 0; i < 20; i++) {
        await send(header);
        await clock.advance(1000);
        pair.connection.write(answer, 0, answer.length);
      }
      expect(acks()).toBe(1);
    });

    it('at once after all, where then a piece comes as late as the kernel acknowledges', async () => {
      await send(header);
      await clock.advance(twoRoundsMs);
      pair.connection.write(answer, 0, answer.length);
      await send(header);
      await clock.advance(40);
      await send(body);
      expect(acks()).toBe(2);
      await send(header);
      expect(acks()).toBe(3);
    });

    it('nothing after it was closed', async () => {
      await send(header);
      pair.connection.reset();
      await pair.recorder.until('close');
      await clock.advance(100);
      expect(acks()).toBe(0);
    });
  });

  it.each(['accepted', 'outgoing'])('leaves it to the kernel where an %s one is asked to', async (kind) => {
    const recorder = new Recorder();
    const sockets = promiseOf<OtherSide>();
    if (kind === 'outgoing') {
      const port = await fixture.plainServer((socket) => {
        sockets.resolve(new OtherSide(socket));
      });
      fixture.engine.connect({ host: '127.0.0.1', port, quickAck: false }, recorder);
    } else {
      const onAccept = (connection: Connection): void => {
        connection.handler = recorder;
        connection.resume();
      };
      const { port } = await fixture.engine.listen(
        { host: '127.0.0.1', port: 0, quickAck: false },
        { onAccept },
      );
      sockets.resolve(fixture.dial(port));
    }
    const other = await sockets.promise;
    for (let i = 1; i <= 5; i++) {
      other.send(header);
      await recorder.untilBytes(i * header.length);
      await clock.advance(twoRoundsMs);
    }
    expect(acks()).toBe(0);
  });

  it('acknowledges for a relay only what its destination does not answer', async () => {
    const [client, server] = await Promise.all([fixture.accepted(), fixture.outgoing()]);
    client.connection.relay(server.connection);
    server.connection.relay(client.connection);
    client.other.socket.setNoDelay(true);
    let sent = 0;
    const send = async (bytes: Buffer): Promise<void> => {
      sent += bytes.length;
      client.other.send(bytes);
      await server.other.untilBytes(sent);
    };
    const respond = async (): Promise<void> => {
      const before = client.other.byteCount;
      server.other.send(answer);
      await client.other.untilBytes(before + answer.length);
    };
    for (let i = 0; i < 10; i++) {
      await send(header);
      await respond();
    }
    expect(acks()).toBe(0);
    // Each request was answered. The last answer of the server was not.
    await clock.advance(twoRoundsMs);
    expect(acks()).toBe(1);
    await send(header);
    await clock.advance(twoRoundsMs);
    expect(acks()).toBe(2);
    await send(body);
    expect(acks()).toBe(3);
    await respond();
    await send(header);
    expect(acks()).toBe(4);
  });

  describe('sends at once (TCP_NODELAY) on a connection that it made', () => {
    const sends = (connection: Connection, length: number): boolean =>
      connection.write(Buffer.alloc(length), 0, length);

    it('from the second send on, and needs no call for a small first one', async () => {
      const { connection, other } = await fixture.outgoing();
      sends(connection, 536);
      await other.untilBytes(536);
      expect(count(TCP_NODELAY)).toBe(0);
      sends(connection, 1);
      expect(count(TCP_NODELAY)).toBe(1);
      await other.untilBytes(537);
      for (let i = 0; i < 5; i++) sends(connection, 1000);
      await other.untilBytes(5537);
      expect(count(TCP_NODELAY)).toBe(1);
    });

    it('from the first send on where it may be more than one packet', async () => {
      const { connection, other } = await fixture.outgoing();
      sends(connection, 537);
      expect(count(TCP_NODELAY)).toBe(1);
      sends(connection, 1);
      await other.untilBytes(538);
      expect(count(TCP_NODELAY)).toBe(1);
    });

    it('also where another connection is relayed to it', async () => {
      const [client, server] = await Promise.all([fixture.accepted(), fixture.outgoing()]);
      const before = count(TCP_NODELAY);
      client.connection.relay(server.connection);
      client.other.send(header);
      await server.other.untilBytes(12);
      expect(count(TCP_NODELAY)).toBe(before);
      client.other.send(body);
      await server.other.untilBytes(512);
      expect(count(TCP_NODELAY)).toBe(before + 1);
    });

    it('each for itself', async () => {
      const [one, two] = [await fixture.outgoing(), await fixture.outgoing()];
      for (const { connection } of [one, two]) sends(connection, 10);
      expect(count(TCP_NODELAY)).toBe(0);
      sends(one.connection, 10);
      expect(count(TCP_NODELAY)).toBe(1);
      sends(two.connection, 10);
      expect(count(TCP_NODELAY)).toBe(2);
    });
  });

  it.each([500, 1000, Infinity])(
    'learns from 500 bytes that are relayed with a limit of %d',
    async (limit) => {
      const [client, server] = [await fixture.pair('accepted'), await fixture.outgoing()];
      client.other.socket.setNoDelay(true);
      client.other.send(header);
      await client.recorder.untilBytes(header.length);
      await clock.advance(twoRoundsMs);
      client.connection.relay(server.connection, limit);
      client.other.send(body);
      await server.other.untilBytes(body.length);
      expect(acks()).toBe(2);
    },
  );

  it.each([65_535, 65_536, 65_537])('acknowledges %d bytes that nobody answers', async (length) => {
    const { connection, recorder, other } = await fixture.accepted();
    other.send(Buffer.alloc(length));
    // All of it is there before the first read.
    await turns(30);
    connection.resume();
    await recorder.untilBytes(length);
    await turns(5);
    await clock.advance(20);
    expect(acks()).toBe(1);
  });
});

describe.skipIf(problem !== undefined)('the linux engine and a sender with Nagle', () => {
  it('finds out that it waits for acknowledgements, and gives them at once', async () => {
    const fixture = new EngineFixture((runtime) => new LinuxEngine(runtime));
    const options = observeOptions();
    try {
      const size = header.length + body.length;
      let received = 0;
      const recorder = new Recorder();
      recorder.on.data = (connection, bytes) => {
        received += bytes.length;
        if (received % size === 0) connection.write(answer, 0, answer.length);
      };
      const { port } = await fixture.listen((connection) => {
        connection.handler = recorder;
        connection.resume();
      });
      const socket = connect({ host: '127.0.0.1', port, noDelay: false });
      await once(socket, 'connect');
      const other = new OtherSide(socket);
      let messages = 0;
      /** @returns how often the engine acknowledged the message, beside its answer */
      const exchange = async (): Promise<number> => {
        options.length = 0;
        other.send(header);
        other.send(body);
        await other.untilBytes(++messages * answer.length);
        return options.filter((name) => name === TCP_QUICKACK).length;
      };
      // How soon it is found out is up to the kernel, which at first acknowledges everything at once. Two for
      // one message: the first piece was acknowledged, the second one came because of that.
      while ((await exchange()) < 2) expect(messages).toBeLessThan(200);
      for (let i = 0; i < maxNeedlessAcks; i++) expect(await exchange()).toBeGreaterThan(0);
      expect(received).toBe(messages * size);
      socket.destroy();
    } finally {
      await fixture.dispose();
      vi.restoreAllMocks();
    }
  });
});

/** @returns the options of TCP that engines of this thread set from now on */
function observeOptions(): number[] {
  const libc = loadLibc();
  const { setOption } = libc;
  const options: number[] = [];
  vi.spyOn(libc, 'setOption').mockImplementation((descriptor, level, name, value, length) => {
    if (level === IPPROTO_TCP) options.push(name);
    return setOption(descriptor, level, name, value, length);
  });
  return options;
}
