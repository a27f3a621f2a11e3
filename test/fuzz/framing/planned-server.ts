import type { Acceptor, Connection, ConnectionHandler } from '../../../src/engine/engine.ts';
import { MessageReader, type ReadHead, type ReadingUser } from './reader.ts';
import { isTakenUp, tunnelBytes, type Script, type Try } from './script.ts';
import { Sender } from './sender.ts';
import type { Stage } from './stage.ts';
import { bodyOf, isBodyless, lengthOf, piecesOf, responseWire, type Wire } from './wire.ts';

const continueLine = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n');

/** A server that answers every request as planned, and judges what it was sent. */
export class PlannedServer implements Acceptor {
  readonly #stage: Stage;
  readonly #script: Script;

  constructor(stage: Stage, script: Script) {
    this.#stage = stage;
    this.#script = script;
  }

  onAccept(connection: Connection): void {
    new PlannedServerConnection(this.#stage, this.#script, connection);
  }
}

class PlannedServerConnection implements ConnectionHandler, ReadingUser {
  readonly #stage: Stage;
  readonly #script: Script;
  readonly #connection: Connection;
  readonly #reader = new MessageReader('requests', this);
  /** The request that is being read, and how much of its body was. */
  #reading: Try | undefined = undefined;
  #bodyBytes = 0;
  /** The response on its way. */
  #answering: Try | undefined = undefined;
  #sender: Sender | undefined = undefined;
  #tunnel: Try | undefined = undefined;
  #tunnelRead = 0;

  constructor(stage: Stage, script: Script, connection: Connection) {
    this.#stage = stage;
    this.#script = script;
    this.#connection = connection;
    connection.handler = this;
    connection.resume();
  }

  onConnect(): void {}
  onRelayed(): void {}

  onData(_connection: Connection, bytes: Buffer, start: number, end: number): void {
    this.#reader.take(bytes.subarray(start, end));
    if (this.#reader.fault !== undefined) this.#differs(`was sent what is no request: ${this.#reader.fault}`);
  }

  onHead({ url, isUpgrade }: ReadHead): 'body' | 'tunnel' {
    const id = Number(/^\/x\/(\d+)$/.exec(url)?.[1] ?? -1);
    const found = this.#script.find(id);
    if (found === undefined) this.#differs(`was sent a request that nobody made: ${url}`);
    if (this.#answering !== undefined) this.#differs(`was sent ${url} before it had answered`);
    this.#reading = found;
    this.#bodyBytes = 0;
    if (found === undefined) return 'body';
    this.#judgeRepetition(found);
    const { request, response } = found.plan;
    if (isUpgrade && isTakenUp(found.plan)) {
      this.#takeUp(found);
      return 'tunnel';
    }
    if (response.isEarly) this.#answer(found);
    else if (request.awaitsContinue) this.#connection.write(continueLine, 0, continueLine.length);
    return 'body';
  }

  onBody(bytes: Buffer): void {
    const { id = -1 } = this.#reading ?? {};
    const expected = bodyOf(id, 'request', this.#bodyBytes + bytes.length).subarray(this.#bodyBytes);
    if (!bytes.equals(expected)) this.#differs(`was sent a wrong body of request ${id}`);
    this.#bodyBytes += bytes.length;
  }

  onMessageEnd(): void {
    const read = this.#reading;
    // That of the upgrade is told after the tunnel has begun.
    if (read === undefined || this.#tunnel !== undefined) return;
    read.timesRead += 1;
    if (this.#bodyBytes !== lengthOf(read.plan.request.body))
      this.#differs(`was sent ${this.#bodyBytes} bytes as the whole body of request ${read.id}`);
    this.#reading = undefined;
    if (!read.plan.response.isEarly) this.#answer(read);
  }

  onTunnel(bytes: Buffer): void {
    const { id = -1 } = this.#tunnel ?? {};
    const expected = bodyOf(id, 'request', this.#tunnelRead + bytes.length).subarray(this.#tunnelRead);
    if (!bytes.equals(expected)) this.#differs(`was sent wrong bytes through tunnel ${id}`);
    this.#tunnelRead += bytes.length;
  }

  onDrain(): void {
    this.#sender?.onDrain();
  }

  onEnd(): void {
    if (this.#tunnel !== undefined && this.#tunnelRead !== tunnelBytes(this.#tunnel.id))
      this.#differs(`was sent ${this.#tunnelRead} bytes through tunnel ${this.#tunnel.id}`);
    // A tunnel's other direction goes on to its own end.
    if (this.#tunnel === undefined) this.#connection.end();
  }

  onClose(): void {
    this.#sender?.stop();
    this.#reader.close();
  }

  /** A request goes out twice only where the first time cannot have done anything. */
  #judgeRepetition(found: Try): void {
    found.headsRead += 1;
    if (found.headsRead === 1) return;
    const { method } = found.plan.request;
    const mayRepeat = found.hasBrokenUnsaid && method !== 'POST' && method !== 'PUT';
    if (!mayRepeat) this.#differs(`was sent request ${found.id} again`);
  }

  #answer(found: Try): void {
    const { request, response } = found.plan;
    const wire = responseWire(found.id, response, isBodyless(request.method, response.status));
    const isRepeated = found.hasBroken;
    // Without a reset, what breaks off looks like the end of a body up to the end of the connection.
    const breaks =
      response.breaks === undefined || isRepeated
        ? undefined
        : response.body.kind === 'close'
          ? { ...response.breaks, how: 'reset' as const }
          : response.breaks;
    this.#answering = found;
    this.#send(wire, found, breaks, () => {
      this.#answering = undefined;
      const isLast =
        !response.isKeepAlive || (response.body.kind === 'close' && wire.bytes.length > wire.headEnd);
      if (isLast) this.#connection.end();
    });
  }

  #send(
    wire: Wire,
    { plan: { response }, ...found }: Try,
    breaks: Try['plan']['response']['breaks'],
    onSent: () => void,
  ): void {
    this.#sender = new Sender({
      stage: this.#stage,
      connection: this.#connection,
      wire,
      pieces: piecesOf(wire, response.cuts),
      breaks,
      isGated: false,
      onSent,
      onBroken: () => {
        const broken = this.#script.find(found.id);
        if (broken === undefined) return;
        broken.hasBroken = true;
        broken.hasBrokenUnsaid = Math.floor((wire.bytes.length * (breaks?.after ?? 0)) / 1000) === 0;
      },
    });
    this.#sender.start();
  }

  #takeUp(found: Try): void {
    const head = `HTTP/1.1 101 Fuzz\r\nX-Id: ${found.id}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
    const headBytes = Buffer.from(head);
    const bytes = Buffer.concat([headBytes, bodyOf(found.id, 'response', tunnelBytes(found.id))]);
    const wire = { bytes, edges: [headBytes.length], headEnd: headBytes.length };
    this.#tunnel = found;
    this.#send(wire, found, undefined, () => {
      this.#connection.end();
    });
  }

  #differs(what: string): void {
    this.#script.differs(`server ${what}`);
  }
}
