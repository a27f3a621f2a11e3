import type { SluiceError } from '../../../src/base/errors.ts';
import type { Connection, ConnectionHandler } from '../../../src/engine/engine.ts';
import type { ClientPlan } from './plan.ts';
import { MessageReader, type ReadHead, type ReadingUser } from './reader.ts';
import { isTakenUp, tunnelBytes, type Script, type Try } from './script.ts';
import { Sender } from './sender.ts';
import type { Stage } from './stage.ts';
import { bodyOf, isBodyless, lengthOf, piecesOf, requestWire } from './wire.ts';

/** Tries of one exchange: connections may be closed on a client that pipelines, or by somebody who gives up. */
const maxTries = 12;
/** How long a client waits for `100 Continue`. */
const continueMs = 300;

/** A client that sends its requests as planned, and judges what it gets. */
export class PlannedClient {
  isDone = false;
  readonly #stage: Stage;
  readonly #script: Script;
  readonly #plan: ClientPlan;
  readonly #port: number;
  /** Exchanges that are answered, or given up. */
  #next = 0;
  #tries = 0;

  constructor(stage: Stage, script: Script, plan: ClientPlan, port: number) {
    this.#stage = stage;
    this.#script = script;
    this.#plan = plan;
    this.#port = port;
  }

  get description(): string {
    return `exchange ${this.#next + 1} of ${this.#plan.exchanges.length}`;
  }

  start(): void {
    if (this.#next >= this.#plan.exchanges.length) {
      this.isDone = true;
      return;
    }
    this.#tries += 1;
    if (this.#tries > maxTries * this.#plan.exchanges.length) {
      this.#script.differs(`client got nowhere with ${this.description}`);
      this.isDone = true;
      return;
    }
    const exchanges = this.#plan.exchanges.slice(this.#next);
    const connection = new PlannedConnection(
      this.#stage,
      this.#script,
      { ...this.#plan, exchanges },
      (done) => {
        this.#next += done;
        this.#stage.later(0, () => {
          this.start();
        });
      },
    );
    connection.start(this.#port);
  }
}

/** One connection of a client, for as many exchanges as it carries. */
class PlannedConnection implements ConnectionHandler, ReadingUser {
  readonly #stage: Stage;
  readonly #script: Script;
  readonly #plan: ClientPlan;
  readonly #onOver: (done: number) => void;
  readonly #reader = new MessageReader('responses', this);
  readonly #tries: Try[] = [];
  #connection: Connection | undefined = undefined;
  #sender: Sender | undefined = undefined;
  /** Exchanges answered. */
  #answered = 0;
  #head: ReadHead | undefined = undefined;
  #bodyBytes = 0;
  /** The service has said that nothing follows. */
  #isLast = false;
  /** This client has given up on purpose. */
  #hasBroken = false;
  #tunnelRead = 0;
  #isTunnel = false;
  #received = 0;
  #hasStalled = false;

  constructor(stage: Stage, script: Script, plan: ClientPlan, onOver: (done: number) => void) {
    this.#stage = stage;
    this.#script = script;
    this.#plan = plan;
    this.#onOver = onOver;
  }

  start(port: number): void {
    this.#connection = this.#stage.ends.connect({ host: this.#stage.serviceHost, port }, this);
  }

  onConnect(): void {
    this.#sendNext();
  }

  onRelayed(): void {}

  onDrain(): void {
    this.#sender?.onDrain();
  }

  onData(connection: Connection, bytes: Buffer, start: number, end: number): void {
    this.#received += end - start;
    this.#reader.take(bytes.subarray(start, end));
    if (this.#reader.fault !== undefined) this.#differs(`got what is no response: ${this.#reader.fault}`);
    if (this.#plan.stallAfterBytes > 0 && !this.#hasStalled && this.#received >= this.#plan.stallAfterBytes)
      this.#stall(connection);
  }

  onHead(head: ReadHead): 'body' | 'none' | 'tunnel' {
    const current = this.#tries[this.#answered];
    if (current === undefined) {
      this.#differs(`got a response with status ${head.status} that it did not ask for`);
      return 'body';
    }
    if (head.status < 200 && head.status !== 101) return this.#takeInterim(head, current);
    this.#sender?.open();
    this.#head = head;
    this.#bodyBytes = 0;
    const { request, response } = current.plan;
    const id = head.headers.get('x-id');
    if (id === undefined) this.#judgeOwnAnswer(head, current);
    else if (Number(id) !== current.id)
      this.#differs(`got the response to request ${id} instead of ${current.id}`);
    if (head.status === 101) {
      if (!isTakenUp(current.plan)) this.#differs(`got an upgrade that was not taken up`);
      this.#isTunnel = true;
      this.#sendTunnel(current);
      return 'tunnel';
    }
    if (id !== undefined && head.status !== response.status)
      this.#differs(`got status ${head.status} instead of ${response.status} for request ${id}`);
    this.#isLast =
      head.headers.get('connection') === 'close' ||
      (request.version === '1.0' && head.headers.get('connection') !== 'keep-alive');
    return request.method === 'HEAD' ? 'none' : 'body';
  }

  onBody(bytes: Buffer): void {
    const current = this.#tries[this.#answered];
    const isForeign = this.#head?.headers.has('x-id') === true;
    if (current !== undefined && isForeign) {
      const all = bodyOf(current.id, 'response', this.#bodyBytes + bytes.length);
      if (!bytes.equals(all.subarray(this.#bodyBytes)))
        this.#differs(`got wrong bytes in the response to request ${current.id}, behind ${this.#bodyBytes}`);
    }
    this.#bodyBytes += bytes.length;
  }

  onMessageEnd(): void {
    const current = this.#tries[this.#answered];
    if (this.#head === undefined || current === undefined || this.#isTunnel) return;
    const { request, response } = current.plan;
    const expected = isBodyless(request.method, response.status) ? 0 : lengthOf(response.body);
    if (this.#head.headers.has('x-id') && this.#bodyBytes !== expected)
      this.#differs(
        `got ${this.#bodyBytes} bytes as the whole response to request ${current.id}, of ${expected}`,
      );
    this.#head = undefined;
    this.#answered += 1;
    if (this.#isLast) return;
    if (this.#answered === this.#plan.exchanges.length) this.#connection?.end();
    else if (this.#tries.length === this.#answered) this.#sendNext();
  }

  onTunnel(bytes: Buffer): void {
    const { id = -1 } = this.#tries[this.#answered] ?? {};
    const all = bodyOf(id, 'response', this.#tunnelRead + bytes.length);
    if (!bytes.equals(all.subarray(this.#tunnelRead))) this.#differs(`got wrong bytes through tunnel ${id}`);
    this.#tunnelRead += bytes.length;
  }

  onEnd(connection: Connection): void {
    this.#reader.end();
    this.#endTunnel();
    // A tunnel's other direction goes on to its own end.
    if (!this.#isTunnel) connection.end();
  }

  onClose(_connection: Connection, error: SluiceError | undefined): void {
    this.#sender?.stop();
    this.#judgeEnd(error);
    this.#reader.close();
    // Whoever broke off has no use for the rest of the exchange.
    const isGivenUp = this.#hasBroken || this.#isDisturbed(this.#tries[this.#answered]);
    const begun = Math.min(this.#tries.length, this.#answered + (isGivenUp ? 1 : 0));
    this.#onOver(Math.max(this.#answered, begun));
  }

  #sendNext(): void {
    const plan = this.#plan.exchanges[this.#tries.length];
    const connection = this.#connection;
    if (plan === undefined || connection === undefined || this.#isLast) return;
    const begun = this.#script.begin(plan);
    const { request } = plan;
    const wire = requestWire(begun.id, request);
    this.#tries.push(begun);
    const sender = new Sender({
      stage: this.#stage,
      connection,
      wire,
      pieces: piecesOf(wire, request.cuts),
      breaks: request.breaks,
      isGated: request.awaitsContinue,
      onSent: () => {
        // Behind an offer of an upgrade nothing may be sent before the answer.
        if (this.#plan.isPipelining && !request.isUpgrade && request.isKeepAlive) this.#sendNext();
      },
      onBroken: () => {
        this.#hasBroken = true;
      },
    });
    this.#sender = sender;
    sender.start();
    if (request.awaitsContinue) {
      this.#stage.later(continueMs, () => {
        sender.open();
      });
    }
  }

  #sendTunnel({ id, plan }: Try): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    const bytes = bodyOf(id, 'request', tunnelBytes(id));
    const wire = { bytes, edges: [], headEnd: 0 };
    this.#sender = new Sender({
      stage: this.#stage,
      connection,
      wire,
      pieces: piecesOf(wire, plan.request.cuts),
      breaks: undefined,
      isGated: false,
      onSent: () => {
        connection.end();
      },
      onBroken: () => undefined,
    });
    this.#sender.start();
  }

  #endTunnel(): void {
    const current = this.#tries[this.#answered];
    if (!this.#isTunnel || current === undefined) return;
    if (this.#tunnelRead !== tunnelBytes(current.id))
      this.#differs(
        `got ${this.#tunnelRead} bytes through tunnel ${current.id} of ${tunnelBytes(current.id)}`,
      );
    this.#answered += 1;
    this.#head = undefined;
    this.#isLast = true;
  }

  #takeInterim(head: ReadHead, current: Try): 'body' {
    const { request } = current.plan;
    if (request.version === '1.0') this.#differs(`got an interim response, though it speaks HTTP/1.0`);
    const id = head.headers.get('x-interim');
    if (id !== undefined && Number(id) !== current.id)
      this.#differs(`got an interim response to request ${id}`);
    if (head.status === 100) this.#sender?.open();
    return 'body';
  }

  #judgeOwnAnswer({ status }: ReadHead, current: Try): void {
    if (this.#isDisturbed(current) && [400, 408, 502, 503, 504].includes(status)) return;
    this.#differs(`got the service's own ${status} for request ${current.id}, which is fine`);
  }

  /** Where nobody gave up, a connection ends only behind a response that says so. */
  #judgeEnd(error: SluiceError | undefined): void {
    const current = this.#tries[this.#answered];
    if (this.#isLast && this.#head === undefined) return;
    if (this.#answered === this.#plan.exchanges.length) return;
    if (this.#isDisturbed(current)) return;
    const how = error === undefined ? 'FIN' : error.code;
    this.#differs(
      `lost its connection (${how}) ${this.#head === undefined ? 'before' : 'within'} response ${current?.id}`,
    );
  }

  #isDisturbed(current: Try | undefined): boolean {
    return this.#hasBroken || current?.plan.response.breaks !== undefined;
  }

  #stall(connection: Connection): void {
    this.#hasStalled = true;
    connection.pause();
    this.#stage.later(this.#plan.stallMs, () => {
      connection.resume();
    });
  }

  #differs(what: string): void {
    this.#script.differs(`client ${what}`);
  }
}
