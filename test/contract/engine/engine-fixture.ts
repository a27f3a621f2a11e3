import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Connection, Engine, TcpListener } from '../../../src/engine/engine.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';
import { OtherSide } from './other-side.ts';
import { SystemWorld, type PlainWorld } from './plain-world.ts';
import { OwnerCalls, Recorder } from './recorder.ts';

export { hasIpv6 } from './plain-world.ts';

export type MakeEngine = (runtime: Runtime) => Engine;

/** A connection of the engine under test, what it recorded, and the plain socket at its far end. */
export interface Pair {
  readonly connection: Connection;
  readonly recorder: Recorder;
  readonly other: OtherSide;
}

/** How a connection came to be; whatever holds for one must hold for the other. */
export const bothKinds = ['accepted', 'outgoing'] as const;
export type PairKind = (typeof bothKinds)[number];

/** One engine for one test, with connections made to order; everything is gone after `dispose()`. */
export class EngineFixture {
  readonly engine: Engine;
  readonly log: string[] = [];
  readonly ownerCalls = new OwnerCalls();
  /** Added to the time that the engine sees. */
  clockAheadMs = 0;
  readonly world: PlainWorld;

  constructor(makeEngine: MakeEngine, world: PlainWorld = new SystemWorld()) {
    const { clock, random } = world.runtime;
    this.world = world;
    this.engine = makeEngine({
      clock: {
        nowMs: () => clock.nowMs() + this.clockAheadMs,
        wallMs: () => clock.wallMs(),
        schedule: (delayMs, callback) => clock.schedule(delayMs, callback),
      },
      random,
      log: (level, message) => void this.log.push(`${level}: ${message}`),
    });
  }

  /** A connection that stands and reads. */
  async pair(kind: PairKind): Promise<Pair> {
    if (kind === 'outgoing') return this.outgoing();
    const pair = await this.accepted();
    pair.connection.resume();
    return pair;
  }

  /** A connection that the engine accepted, paused as it comes. */
  async accepted(): Promise<Pair> {
    const recorder = new Recorder(this.ownerCalls);
    const { promise, resolve } = promiseOf<Connection>();
    const listener = await this.listen((connection) => {
      connection.handler = recorder;
      resolve(connection);
    });
    const other = this.dial(listener.port);
    const [connection] = await Promise.all([promise, once(other.socket, 'connect')]);
    return { connection, recorder, other };
  }

  /** A connection that the engine made. */
  async outgoing(): Promise<Pair> {
    const { promise, resolve } = promiseOf<Socket>();
    const port = await this.plainServer(resolve);
    const recorder = new Recorder(this.ownerCalls);
    const connection = this.engine.connect({ host: '127.0.0.1', port }, recorder);
    const [socket] = await Promise.all([promise, recorder.until('connect')]);
    return { connection, recorder, other: new OtherSide(socket) };
  }

  listen(onAccept: (connection: Connection) => void, host = '127.0.0.1'): Promise<TcpListener> {
    return this.engine.listen({ host, port: 0 }, { onAccept });
  }

  /** A plain socket that connects to a port of this machine. */
  dial(port: number, host = '127.0.0.1'): OtherSide {
    return new OtherSide(this.world.dial(port, host));
  }

  /** A plain server. @returns its port */
  plainServer(onSocket: (socket: Socket) => void): Promise<number> {
    return this.world.serve(onSocket);
  }

  /** A port of this machine on which nothing listens. */
  closedPort(): Promise<number> {
    return this.world.closedPort();
  }

  closedUdpPort(): Promise<number> {
    return this.world.closedUdpPort();
  }

  async dispose(): Promise<void> {
    await this.engine.close();
    await this.world.dispose();
  }
}

export function promiseOf<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

/** Bytes that differ at every offset where a shifted, lost or repeated piece could hide. */
export function pattern(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let state = 0x2545f491;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** Writes all of `bytes` in pieces, as an owner that minds back-pressure does. */
export async function writeAll({ connection, recorder }: Pair, bytes: Buffer, piece = 65_536): Promise<void> {
  let at = 0;
  await new Promise<void>((resolve) => {
    const writeOn = (): void => {
      while (at < bytes.length) {
        const end = Math.min(bytes.length, at + piece);
        const isFlushed = connection.write(bytes, at, end);
        at = end;
        if (!isFlushed) return;
      }
      delete recorder.on.drain;
      resolve();
    };
    recorder.on.drain = writeOn;
    writeOn();
  });
}

/** Writes until the engine has to keep something. @returns how many bytes were written */
export function writeUntilFull(connection: Connection, piece: Buffer, limit = 64 * 1_048_576): number {
  let written = 0;
  while (written < limit) {
    written += piece.length;
    if (!connection.write(piece, 0, piece.length)) return written;
  }
  return Infinity;
}
