import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/engine/engine.ts';
import type { ArrivalStage, MakeStage, Onward } from '../../../src/path/arrival-stage.ts';
import { answerWith } from '../../../src/path/refusal.ts';
import type { Finding, Peek } from '../../../src/tcp/peek.ts';
import { masked, MaskedConnection } from '../../support/masked-connection.ts';
import { pattern, type EngineFixture } from '../engine/engine-fixture.ts';
import { Condition } from '../engine/condition.ts';
import { Recorder } from '../engine/recorder.ts';
import { ArrivalScene, type Arrangement } from './arrival-scene.ts';

/** Keeps each client until the test lets it go on. */
class Holding implements ArrivalStage {
  readonly held: Connection[] = [];
  readonly changed = new Condition();
  readonly #onward: Onward;

  constructor(onward: Onward) {
    this.#onward = onward;
  }

  onAccept(connection: Connection): void {
    const handler = new Recorder();
    handler.on.close = () => {
      this.held.splice(this.held.indexOf(connection), 1);
      this.#onward.gone();
      this.changed.changed();
    };
    connection.handler = handler;
    this.held.push(connection);
    this.changed.changed();
  }

  letGo(): void {
    for (const connection of this.held.splice(0)) this.#onward.pass(connection);
  }

  close(): void {
    for (const connection of this.held) connection.reset();
  }
}

/** A stage that decides at once. */
function stageOf(onAccept: (connection: Connection, onward: Onward) => void): MakeStage {
  return (onward) => ({ onAccept: (connection) => onAccept(connection, onward), close: () => undefined });
}

/** Wants a line first: `HELLO` is let in, anything else is not. */
class LinePeek implements Peek {
  readonly shown: string[] = [];
  readonly changed = new Condition();

  look(bytes: Buffer): Finding {
    const text = bytes.toString('latin1');
    this.shown.push(text);
    this.changed.changed();
    if (!text.includes('\n')) return 'more';
    return text.startsWith('HELLO') ? 'enough' : 'refuse';
  }
}

/** Stages and peeks before a TCP session, on one engine. */
export function describeArrival(fixture: () => EngineFixture): void {
  const open = (arrangement: Arrangement): Promise<ArrivalScene> => ArrivalScene.open(fixture(), arrangement);

  describe('a stage of the arrival', () => {
    it('passes a client on, behind others in order', async () => {
      const order: string[] = [];
      const noting = (name: string): MakeStage =>
        stageOf((connection, onward) => {
          order.push(name);
          onward.pass(connection);
        });
      const scene = await open({ stages: [noting('first'), noting('second')] });
      scene.dial().send('hello');
      await (await scene.server).untilBytes(5);
      expect([order, (await scene.server).text]).toEqual([['first', 'second'], 'hello']);
    });

    it('holds a client, whose bytes arrive once when it is let go on', async () => {
      let stage: Holding | undefined;
      const scene = await open({ stages: [(onward) => (stage = new Holding(onward))] });
      const client = scene.dial();
      client.send('early');
      await stage?.changed.until(() => stage?.held.length === 1);
      expect(scene.facts.names).toEqual([]);
      stage?.letGo();
      await (await scene.server).untilBytes(5);
      client.send(', late');
      await (await scene.server).untilBytes(11);
      expect((await scene.server).text).toBe('early, late');
    });

    it('hears of a client that goes away while it is held, whose place is free then', async () => {
      let stage: Holding | undefined;
      const scene = await open({ stages: [(onward) => (stage = new Holding(onward))] });
      const client = scene.dial();
      await stage?.changed.until(() => stage?.held.length === 1);
      // Not every engine notices a reset while nobody reads.
      stage?.held[0]?.resume();
      client.socket.resetAndDestroy();
      await stage?.changed.until(() => stage?.held.length === 0);
      expect(scene.left).toBe(1);
    });

    it('drops those that it holds when the listener closes', async () => {
      let stage: Holding | undefined;
      const scene = await open({ stages: [(onward) => (stage = new Holding(onward))] });
      const client = scene.dial();
      await stage?.changed.until(() => stage?.held.length === 1);
      scene.arrival.close();
      await client.untilClose();
      await stage?.changed.until(() => stage?.held.length === 0);
      expect([client.wasReset, scene.left]).toEqual([true, 1]);
    });

    it('wraps a client, whose bytes are others on the wire', async () => {
      const wrap = stageOf((connection, onward) => {
        connection.handler = new Recorder();
        onward.pass(new MaskedConnection(connection));
      });
      const scene = await open({ stages: [wrap] });
      const client = scene.dial();
      const [there, back] = [pattern(300_000), pattern(500_001)];
      client.send(masked(there));
      const server = await scene.server;
      await server.untilBytes(there.length);
      server.send(back);
      await client.untilBytes(back.length);
      expect(server.bytes.equals(there)).toBe(true);
      expect(masked(client.bytes).equals(back)).toBe(true);
      client.socket.end();
      await server.untilEnd();
      server.socket.end();
      await client.untilEnd();
    });

    it('wraps a client whose end is told before a server is reached', async () => {
      const wrap = stageOf((connection, onward) => {
        connection.handler = new Recorder();
        const wrapped = new MaskedConnection(connection);
        onward.pass(wrapped);
        wrapped.onEnd();
      });
      const scene = await open({ stages: [wrap] });
      const client = scene.dial();
      const server = await scene.server;
      await server.untilEnd();
      server.socket.end('bye');
      await client.untilEnd();
      expect(masked(client.bytes).toString()).toBe('bye');
    });

    it.each<[string, Parameters<Onward['refuse']>[2], string, boolean]>([
      ['by a reset', undefined, '', true],
      ["in the protocol's own words", answerWith(Buffer.from('NO\r\n')), 'NO\r\n', false],
    ])('refuses a client %s', async (_how, how, text, isReset) => {
      const refuse = stageOf((connection, onward) => {
        onward.refuse(connection, 'bad-request', how);
      });
      const scene = await open({ stages: [refuse] });
      const client = scene.dial();
      await (isReset ? client.untilClose() : client.untilEnd());
      expect([client.text, client.wasReset, scene.left]).toEqual([text, isReset, 1]);
      expect(scene.facts.of('clientRefused')).toMatchObject([{ reason: 'bad-request' }]);
    });
  });

  describe('a peek', () => {
    const limits = { maxBytes: 100, timeoutMs: 60_000 };

    it('sees bytes that arrive at the server once and in order, with all that follows', async () => {
      const peek = new LinePeek();
      const scene = await open({ peeking: { make: () => peek, ...limits } });
      const client = scene.dial();
      client.send('HEL');
      await peek.changed.until(() => peek.shown.length > 0);
      client.send('LO\nand');
      const rest = pattern(700_000);
      const server = await scene.server;
      client.send(rest);
      await server.untilBytes(9 + rest.length);
      expect(server.bytes.equals(Buffer.concat([Buffer.from('HELLO\nand'), rest]))).toBe(true);
      server.send('welcome');
      await client.untilBytes(7);
      expect([client.text, peek.shown.at(-1)]).toEqual(['welcome', 'HELLO\nand']);
    });

    it.each<[string, string | undefined, boolean]>([
      ['by a reset', undefined, true],
      ["in the protocol's own words", 'NO\r\n', false],
    ])('refuses a client %s, before any server is asked', async (_how, words, isReset) => {
      const refusal = words === undefined ? {} : { refusal: () => answerWith(Buffer.from(words)) };
      const make = (): Peek => Object.assign(new LinePeek(), refusal);
      const scene = await open({ peeking: { make, ...limits } });
      const client = scene.dial();
      client.send('GET / HTTP/1.0\n');
      await (isReset ? client.untilClose() : client.untilEnd());
      expect([client.text, client.wasReset]).toEqual([words ?? '', isReset]);
      expect(scene.facts.names).toEqual(['clientRefused', 'sessionClosed']);
      expect(scene.facts.of('sessionClosed')).toMatchObject([{ reason: 'protocol', server: undefined }]);
    });

    it('is over when the client ends its direction, which the server learns after the bytes', async () => {
      const scene = await open({ peeking: { make: () => new LinePeek(), ...limits } });
      const client = scene.dial();
      client.socket.end('HEL');
      const server = await scene.server;
      await server.untilEnd();
      expect(server.text).toBe('HEL');
      server.socket.end('bye');
      await client.untilEnd();
      expect(client.text).toBe('bye');
    });

    it.each([
      ['room', { maxBytes: 4, timeoutMs: 60_000 }],
      ['time', { maxBytes: 100, timeoutMs: 20 }],
    ])('is over when there is no more %s', async (_what, short) => {
      const scene = await open({ peeking: { make: () => new LinePeek(), ...short } });
      scene.dial().send('HELLO');
      const server = await scene.server;
      await server.untilBytes(5);
      expect(server.text).toBe('HELLO');
    });

    it('counts what it saw for the server that gets it', async () => {
      const scene = await open({ peeking: { make: () => new LinePeek(), ...limits } });
      const client = scene.dial();
      client.socket.end('HELLO\n');
      const server = await scene.server;
      await server.untilEnd();
      server.socket.end();
      await scene.facts.first('sessionClosed');
      expect(scene.facts.of('sessionClosed')).toMatchObject([{ server: 'A', bytesFromClient: 6 }]);
      expect(scene.pool.servers[0]?.bytesFromClients).toBe(6);
    });

    it.each([
      ['at bytes', { maxBytes: 100, timeoutMs: 60_000 }, 'HEL'],
      ['when time is up', { maxBytes: 100, timeoutMs: 20 }, ''],
    ])('that throws %s closes its session alone', async (_when, within, text) => {
      const look = (): never => {
        throw new TypeError('a patient name');
      };
      const scene = await open({ peeking: { make: () => ({ look }), ...within } });
      const client = scene.dial();
      if (text !== '') client.send(text);
      await client.untilClose();
      await scene.facts.first('sessionClosed');
      expect(scene.facts.of('sessionClosed')).toMatchObject([{ reason: 'internal', server: undefined }]);
    });

    it('gives up a client that goes away', async () => {
      const peek = new LinePeek();
      const scene = await open({ peeking: { make: () => peek, ...limits } });
      const client = scene.dial();
      client.send('HEL');
      await peek.changed.until(() => peek.shown.length > 0);
      client.socket.resetAndDestroy();
      await scene.facts.first('sessionClosed');
      expect(scene.facts.of('sessionClosed')).toMatchObject([{ reason: 'client-reset', server: undefined }]);
    });
  });
}
