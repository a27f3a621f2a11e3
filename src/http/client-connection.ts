// Over 250 lines because reading, answering and closing depend on one state.
import type { Connection, ConnectionHandler } from '../engine/engine.ts';
import type { SluiceError } from '../base/errors.ts';
import { DeliveryWatch } from '../path/delivery-watch.ts';
import type { CloseReason } from '../facts/service-events.ts';
import { SessionReport } from '../path/session-report.ts';
import type { ClientSide } from './client-side.ts';
import { noEmptyLine, skipEmptyLines } from './codec/empty-lines.ts';
import type { HeadProblem } from './codec/head-problem.ts';
import { errorAnswer } from './error-answers.ts';
import { Exchange } from './exchange.ts';
import { HeldBytes } from './held-bytes.ts';
import type { HttpContext } from './http-context.ts';
import { ReadingGate } from './reading-gate.ts';
import { RequestClient } from './request-client.ts';

/** Who wants to know of the end of a client connection. */
export interface ClientConnectionOwner {
  clientClosed(connection: ClientConnection): void;
}

/**
 * One connection of a client: cuts what arrives into requests, and has one {@link Exchange} at a time answer
 * them in order. It reads on during an exchange, to notice a client that goes away; what arrives waits.
 */
export class ClientConnection implements ConnectionHandler, ClientSide {
  rosterSlot = -1;
  readonly connection: Connection;
  readonly client: RequestClient;
  readonly delivery = new DeliveryWatch();
  readonly report: SessionReport;
  readonly exchange: Exchange;
  readonly #http: HttpContext;
  readonly #owner: ClientConnectionOwner;
  readonly #pending: HeldBytes;
  readonly #reading: ReadingGate;
  /** How many pending bytes are known to begin a head. */
  #seen = 0;
  #requests = 0;
  /**
   * Since when it waits for the first request, the next one (the end of the last response) or the rest of a head, or
   * makes no progress in closing.
   */
  #sinceMs: number;
  #isConsuming = false;
  /** The client does not take responses as fast as they come. */
  #isWritingBlocked = false;
  /** The client ended its direction. */
  #isEnded = false;
  #isClosing = false;
  /** While it is closing: when last looked at. */
  #unacknowledged = Infinity;
  #closeReason: CloseReason = 'finished';
  #countedRead = 0;

  constructor(http: HttpContext, owner: ClientConnectionOwner, connection: Connection) {
    this.connection = connection;
    this.client = new RequestClient(connection, http.wanted);
    this.report = new SessionReport(http.context, this.client);
    this.#http = http;
    this.#owner = owner;
    this.#pending = new HeldBytes(http.stock);
    this.#reading = new ReadingGate(connection);
    this.exchange = new Exchange(http, this);
    this.#sinceMs = this.#nowMs();
    connection.handler = this;
    this.report.opened('sessionOpened', undefined);
    connection.resume();
  }

  get mayKeep(): boolean {
    const isSpent = this.#requests >= this.#http.options.maxRequestsPerConnection;
    const { isDraining, isReplaced } = this.#http;
    const isLast = (this.#isEnded || isReplaced) && this.#pending.size === 0;
    return !isSpent && !isLast && !isDraining;
  }

  onConnect(): void {}

  /** Hot path. */
  onData(_connection: Connection, bytes: Buffer, start: number, end: number): void {
    if (this.#isClosing) return;
    if (this.#pending.size > 0) {
      this.#pending.hold(bytes, start, end);
      this.pump();
    } else {
      this.#pending.hold(bytes, this.#consume(bytes, start, end), end);
      this.#updateReading();
    }
  }

  pump(): void {
    const pending = this.#pending;
    if (this.#isConsuming || pending.size === 0) return;
    pending.release(this.#consume(pending.bytes, pending.start, pending.end));
    this.#updateReading();
    if (this.#isEnded && (pending.size === 0 || this.exchange.isIdle)) this.onEnd();
  }

  /** Hot path. @returns the position after what could be used now */
  #consume(bytes: Buffer, start: number, end: number): number {
    const { exchange } = this;
    this.#isConsuming = true;
    let position = start;
    while (position < end && !this.#isClosing) {
      const before = position;
      position = exchange.isIdle
        ? this.#takeHead(bytes, position, end)
        : exchange.takeRequest(bytes, position, end);
      if (position === before) break;
    }
    this.#isConsuming = false;
    if (this.#isClosing) return end;
    if (position === end && !exchange.isIdle) exchange.request.relayRest();
    return position;
  }

  /** Hot path. */
  #updateReading(): void {
    const { isIdle, request } = this.exchange;
    if (isIdle && !this.#isWritingBlocked) this.#reading.update(this.#pending.size, 'rest-of-head');
    else this.#reading.update(this.#pending.size, isIdle || request.isDone ? 'turn' : 'server');
  }

  #takeHead(bytes: Buffer, start: number, end: number): number {
    if (this.#isWritingBlocked) return start;
    const afterLines = skipEmptyLines(bytes, start, end);
    if (afterLines !== noEmptyLine) return afterLines;
    const head = this.#http.requestHead;
    const status = head.parse(bytes, start, end, start + this.#seen);
    if (status === 'incomplete') {
      if (this.#seen === 0 && this.#requests > 0) this.#sinceMs = this.#nowMs();
      this.#seen = end - start;
      return start;
    }
    this.#seen = 0;
    if (status !== 'complete') {
      this.#refuse(status.status);
      return end;
    }
    // `head` is shared: the exchange may be over, and another head parsed, when `begin` returns.
    const { headEnd } = head;
    this.#requests += 1;
    this.exchange.begin(bytes, head);
    return headEnd;
  }

  /** The head did not come in time. What came of it may say whether the answer has a body. */
  #timeOut(): void {
    this.#http.requestHead.parse(this.#pending.bytes, this.#pending.start, this.#pending.end);
    this.#refuse(408);
  }

  /** Answers the head that was just parsed: it is no request, or none in time. */
  #refuse(status: HeadProblem['status'] | 408): void {
    const { method } = this.#http.requestHead;
    this.report.refused(status === 408 ? 'timeout' : 'bad-request');
    const { clock } = this.#http.context.runtime;
    errorAnswer(status).send(this.connection, method === 'HEAD', false, clock.wallMs());
    this.exchange.record.refused(method, status, status === 408 ? this.#sinceMs : clock.nowMs());
    this.close('protocol');
  }

  exchangeEnded(isKept: boolean): void {
    this.#sinceMs = this.connection.lastActiveMs;
    if (!isKept || (this.#isEnded && this.#pending.size === 0)) this.close('finished');
    else this.pump();
  }

  get isReadingBlocked(): boolean {
    return this.#reading.isBlocked;
  }

  blockReading(): void {
    this.#reading.isBlocked = true;
    this.#updateReading();
  }

  unblockReading(): void {
    this.#reading.isBlocked = false;
    if (!this.#isClosing) this.#updateReading();
  }

  blockWriting(): void {
    this.#isWritingBlocked = true;
  }

  relayTo(server: Connection, count: number): void {
    this.#reading.relay(server, count);
  }

  tunnelTo(server: Connection): void {
    const pending = this.#pending;
    if (pending.size > 0) server.write(pending.bytes, pending.start, pending.end);
    pending.clear();
    if (this.#isEnded) server.end();
    else this.#reading.relay(server);
  }

  onRelayed(): void {
    this.exchange.request.onRelayed();
  }

  onDrain(): void {
    this.#isWritingBlocked = false;
    this.exchange.response.onClientDrain();
    this.pump();
  }

  onEnd(): void {
    this.#isEnded = true;
    if (this.#isClosing) return;
    if (this.exchange.isIdle) this.#endIdle();
    // What waits may be the rest of the request, from a client that half-closes on purpose.
    else if (this.#pending.size === 0 || this.#http.options.abortOnClientEnd) this.exchange.onClientEnd();
  }

  /** Nothing follows what waits, which is no whole request, unless nobody has looked at it yet. */
  #endIdle(): void {
    if (this.#isWritingBlocked && this.#pending.size > 0) return;
    this.close('finished');
  }

  onClose(_connection: Connection, error: SluiceError | undefined): void {
    // A client that resets once it has everything is done, too.
    if (error !== undefined && (!this.#isClosing || this.connection.unacknowledgedBytes > 0)) {
      this.#closeReason = error.code === 'SLUICE_ERR_INTERNAL' ? 'internal' : 'client-reset';
    }
    this.#isClosing = true;
    this.exchange.abandon(error === undefined ? 'finished' : this.#closeReason);
    this.#pending.clear();
    this.updateCounters();
    this.report.closed('sessionClosed', {
      server: this.exchange.record.server,
      reason: this.#closeReason,
      error: error?.code,
      bytesFromClient: this.connection.bytesRead,
      bytesFromServer: this.connection.bytesWritten,
    });
    this.#owner.clientClosed(this);
  }

  close(reason: CloseReason): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#closeReason = reason;
    this.#sinceMs = this.#nowMs();
    if (!this.#isConsuming) this.#pending.clear();
    this.#reading.open();
    this.connection.end();
  }

  cut(reason: CloseReason): void {
    const hasEverything = this.#isClosing && this.connection.unacknowledgedBytes === 0;
    if (!hasEverything) this.#closeReason = reason;
    this.#isClosing = true;
    this.exchange.abandon(reason);
    if (hasEverything) this.connection.close();
    else this.connection.reset();
  }

  /** No request will follow: closes now, if none has begun. */
  closeIfIdle(): void {
    if (this.exchange.isIdle && this.#pending.size === 0) this.close('finished');
  }

  checkTime(nowMs: number): void {
    const { options } = this.#http;
    const waitedMs = nowMs - this.#sinceMs;
    if (!this.exchange.isIdle) {
      this.exchange.checkTime(nowMs);
    } else if (this.#isClosing) {
      this.#linger(nowMs);
    } else if (this.#isWritingBlocked) {
      const idleMs = nowMs - this.delivery.lastActiveMs(this.connection, nowMs);
      if (idleMs >= options.bodyTimeoutMs) this.cut('idle');
    } else if (this.#seen > 0) {
      if (waitedMs >= options.headTimeoutMs) this.#timeOut();
    } else if (this.#requests === 0) {
      // Nothing was asked, so nothing is answered: browsers connect ahead of need.
      if (waitedMs >= options.headTimeoutMs) this.close('idle');
    } else if (waitedMs >= options.keepAliveTimeoutMs) {
      this.close('idle');
    }
  }

  /**
   * Everything was written, FIN included. Nothing is cut while the client takes it, however slowly. Once it has all,
   * it may still send for a while, so that no reset overtakes the response. What is given up is left to the system,
   * which goes on sending what it took, as with nginx and HAProxy; it never counts as finished.
   */
  #linger(nowMs: number): void {
    const { bodyTimeoutMs, lingerTimeoutMs } = this.#http.options;
    const unacknowledged = this.connection.unacknowledgedBytes;
    if (unacknowledged < this.#unacknowledged) this.#sinceMs = Math.max(this.#sinceMs, nowMs);
    this.#unacknowledged = unacknowledged;
    if (nowMs - this.#sinceMs < (unacknowledged > 0 ? bodyTimeoutMs : lingerTimeoutMs)) return;
    if (unacknowledged > 0) this.#closeReason = 'idle';
    this.connection.close();
  }

  updateCounters(): void {
    this.#http.context.counters.bytesFromClients += this.connection.bytesRead - this.#countedRead;
    this.#countedRead = this.connection.bytesRead;
    this.exchange.record.updateCounters();
  }

  #nowMs(): number {
    return this.#http.context.runtime.clock.nowMs();
  }
}
