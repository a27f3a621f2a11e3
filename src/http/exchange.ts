// Over 250 lines because an exchange is one state machine, from the head to the last byte.
import type { SluiceError } from '../base/errors.ts';
import type { Server } from '../model/server.ts';
import { DeliveryWatch } from '../path/delivery-watch.ts';
import type { CloseReason, RefusalReason } from '../facts/service-events.ts';
import { causeOf, causeOfRefusal, type EndCause, type EndPhase } from '../records/ending.ts';
import { assertTransition, type Transitions } from '../base/state-machine.ts';
import type { ClientSide } from './client-side.ts';
import type { ResponseEdits } from './codec/head-writer.ts';
import type { RequestHead } from './codec/request-head.ts';
import type { ResponseHead } from './codec/response-head.ts';
import type { Unreachable } from '../reach/reach.ts';
import { Dispatch, type DispatchUser } from './dispatch.ts';
import { errorAnswer, optionsAnswer, type AnswerStatus, type EncodedAnswer } from './error-answers.ts';
import { ExchangeRecord } from './exchange-record.ts';
import type { HttpContext } from './http-context.ts';
import { RequestForwarder } from './request-forwarder.ts';
import { ResponseEdit } from './response-edit.ts';
import { ResponseForwarder, type ResponseUser } from './response-forwarder.ts';
import type { ServerConnection, ServerConnectionUser } from './server-connection.ts';

type Phase = 'idle' | 'reaching' | 'awaiting' | 'responding' | 'tunnelling';

const transitions: Transitions<Phase> = {
  idle: ['reaching'],
  reaching: ['awaiting', 'idle'],
  awaiting: ['responding', 'tunnelling', 'reaching', 'idle'],
  responding: ['idle'],
  tunnelling: ['idle'],
};

/**
 * Requests that may be sent again if they have no body: the safe methods, and DELETE, whose second time does
 * nothing (RFC 9110, section 9.2.2). Nobody sends a PUT without a body.
 */
const repeatableMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'DELETE'];

/**
 * One request and its response, from the parsed head to the last byte:
 *
 *     idle ──begin──▶ reaching ──onReached──▶ awaiting ──onFinalHead──▶ responding ──onResponseEnd──▶ idle
 *                        ▲                     │    └────onUpgraded───▶ tunnelling ─────────────────▶ idle
 *                        └── dead connection ──┘
 *
 * A failure leads to `idle` from anywhere. The body of the request goes its own way while `awaiting` and
 * `responding`. Belongs to a client connection and is reused by its exchanges, one after the other. Owns the
 * server connection from `onReached` to `#end`, where the lease is given back as well.
 */
export class Exchange implements DispatchUser, ServerConnectionUser, ResponseUser {
  /** How the request was written; what a response to it may be. */
  isHead = false;
  isHttp10 = false;
  mayUpgrade = false;
  readonly request: RequestForwarder;
  readonly response: ResponseForwarder;
  readonly record: ExchangeRecord;
  readonly #http: HttpContext;
  readonly #owner: ClientSide;
  readonly #dispatch: Dispatch;
  readonly #responseEdit: ResponseEdit;
  readonly #serverWatch = new DeliveryWatch();
  #phase: Phase = 'idle';
  #server: ServerConnection | undefined = undefined;
  #hasConnectionLogin = false;
  #hasBody = false;
  #mayRepeat = false;
  #keepsClient = false;
  #keepsServer = false;

  constructor(http: HttpContext, owner: ClientSide) {
    this.#http = http;
    this.#owner = owner;
    this.#dispatch = new Dispatch(http, owner.client, owner.report, this);
    this.request = new RequestForwarder(http, owner);
    this.#responseEdit = new ResponseEdit(http);
    this.response = new ResponseForwarder(http, owner, this.#responseEdit, this);
    const { reach } = this.#dispatch;
    this.record = new ExchangeRecord(http, owner.client, owner.report.sessionId, reach);
  }

  get isIdle(): boolean {
    return this.#phase === 'idle';
  }

  /** Where the current exchange goes, once that is known. */
  get server(): Server | undefined {
    return this.#dispatch.server;
  }

  /** Begins with a head that was just parsed, and takes from it all that is needed later. Hot path. */
  begin(bytes: Buffer, head: RequestHead): void {
    this.#enter('reaching');
    this.isHead = head.method === 'HEAD';
    this.isHttp10 = head.versionMinor === 0;
    this.mayUpgrade = head.hasUpgrade;
    this.#hasConnectionLogin = head.hasConnectionLogin;
    this.#keepsClient = head.isKeepAlive;
    this.#http.traces?.take(bytes, head);
    this.record.begin(bytes, head, this.#owner.connection.lastActiveMs);
    this.#owner.client.begin(bytes, head);
    this.request.begin(bytes, head);
    this.#hasBody = !this.request.isDone;
    this.#mayRepeat = !this.#hasBody && repeatableMethods.includes(head.method);
    if (head.maxForwards === 0) this.#answer(optionsAnswer, 'local', 'request');
    else this.#dispatch.start();
    this.#owner.client.forgetHead();
    this.record.tellBegan();
  }

  /** A server is chosen and connected: sends the head, and what the client has sent of the body. Hot path. */
  onReached(connection: ServerConnection): void {
    this.#enter('awaiting');
    this.#server = connection;
    connection.user = this;
    connection.isBound ||= this.#hasConnectionLogin;
    this.record.reached(connection);
    this.#responseEdit.selected(this.#owner.client, this.#dispatch.lease);
    this.response.begin(connection, this);
    this.request.sendHead(connection);
    // Only a reused connection may have been dying already when it got the request.
    this.#mayRepeat &&= connection.isReused;
    if (!this.#mayRepeat) this.request.dropHead();
    this.#owner.pump();
  }

  onUnreachable(why: Unreachable): void {
    const { fallbackPage } = this.#http;
    if (why === 'no-server' && fallbackPage !== undefined) {
      this.#answer(fallbackPage, 'local');
      return;
    }
    this.#owner.report.refused(why);
    // A handler of that may have ended everything.
    if (this.#phase === 'reaching') this.#answer(errorAnswer(503), causeOfRefusal(this.#dispatch.reach));
  }

  /** Passes on the request body's part of bytes `start` to `end`. Hot path. @returns the position after it */
  takeRequest(bytes: Buffer, start: number, end: number): number {
    const position = this.request.take(bytes, start, end);
    if (this.request.isBroken) this.#refuse(400, 'bad-request', 'proxy', 'request');
    return position;
  }

  onServerData(bytes: Buffer, start: number, end: number): void {
    this.response.onData(bytes, start, end);
  }

  /** Decides which of the two connections live on. Hot path. */
  onFinalHead(head: ResponseHead): ResponseEdits {
    this.#enter('responding');
    const server = this.#server;
    if (server !== undefined && head.asksForConnectionLogin) server.isBound = true;
    // A server that did not take up an offered upgrade may still think it did, which may only hurt this client.
    this.#keepsServer = head.isKeepAlive && (!this.mayUpgrade || server?.isBound === true);
    // A response that overtakes its request may leave a part of it unread: no next request could be told.
    const isDelimited = !this.response.isUntilClose;
    this.#keepsClient &&= isDelimited && this.request.isDone && this.#owner.mayKeep;
    const edits = this.#responseEdit.forFinal(this.#keepsClient, this.isHttp10);
    this.record.answered(head.status, edits.append.length > 0);
    return edits;
  }

  /** Hot path. */
  onResponseEnd(hasRest: boolean): void {
    const isWhole = this.request.isDone && !hasRest;
    this.#end(isWhole ? (this.#keepsServer ? 'give' : 'retire') : 'drop');
    this.#owner.exchangeEnded(this.#keepsClient);
  }

  onResponseBroken(): void {
    if (this.#phase === 'awaiting') this.#answer(errorAnswer(502), 'proxy');
    else this.#cutShort('server-reset');
  }

  onUpgraded(): void {
    const server = this.#server?.connection;
    this.#enter('tunnelling');
    this.record.answered(101, this.#responseEdit.append.length > 0);
    if (server === undefined) return;
    this.#owner.tunnelTo(server);
    server.relay(this.#owner.connection);
  }

  onServerEnd(): void {
    if (this.#phase === 'tunnelling') this.#owner.connection.end();
    else if (!this.response.onEnd()) this.serverLost('server-reset');
  }

  onServerClose(error: SluiceError | undefined): void {
    if (this.#phase !== 'tunnelling' || error !== undefined) this.serverLost('server-reset');
  }

  onServerDrain(): void {
    this.#owner.unblockReading();
  }

  onServerRelayed(): void {
    this.response.onRelayed();
  }

  // The dispatch waits for this one.
  onServerConnect(): void {}

  /** The client ended its direction, and all it sent was taken. */
  onClientEnd(): void {
    if (this.#phase === 'tunnelling') {
      this.#server?.connection.end();
    } else if (!this.request.isDone || this.#http.options.abortOnClientEnd) {
      this.#cutShort('client-reset');
    } else {
      this.#keepsClient = false;
    }
  }

  /** The server connection is of no use any more: repeats the request, says so, or breaks the response off. */
  serverLost(reason: CloseReason): void {
    if (this.#phase === 'awaiting' && this.#mayRepeat && this.response.isUntouched) {
      this.#leaveServer('drop');
      this.#enter('reaching');
      this.#dispatch.startAnew();
    } else if (this.#phase === 'awaiting') {
      this.#answer(errorAnswer(502), causeOf(reason, 'serverTimeout'));
    } else if (this.#phase === 'reaching') {
      this.#dispatch.serverLost();
    } else if (this.#phase !== 'idle') {
      this.#cutShort(reason);
    }
  }

  /**
   * The client is gone: stops everything. A tunnel that ended in good order may still have bytes to deliver.
   *
   * @param reason `finished` for good order
   */
  abandon(reason: CloseReason): void {
    const isOver = reason === 'finished' && this.#phase === 'tunnelling';
    const cause = reason === 'finished' ? 'client' : causeOf(reason, 'clientTimeout');
    if (!isOver) this.record.failed(cause);
    if (this.#phase !== 'idle') this.#end(isOver ? 'retire' : 'drop');
    this.#dispatch.leaveBound();
  }

  checkTime(nowMs: number): void {
    const { bodyTimeoutMs, responseTimeoutMs, tunnelTimeoutMs } = this.#http.options;
    const server = this.#server?.connection;
    if (server === undefined) return;
    const serverActiveMs = this.#serverWatch.lastActiveMs(server, nowMs);
    const idleMs =
      nowMs - Math.max(serverActiveMs, this.#owner.delivery.lastActiveMs(this.#owner.connection, nowMs));
    if (this.#phase === 'awaiting' && !this.request.isDone) {
      if (idleMs < bodyTimeoutMs) return;
      if (this.#owner.isReadingBlocked) this.#refuse(504, 'timeout', 'serverTimeout');
      else this.#refuse(408, 'timeout', 'clientTimeout');
    } else if (this.#phase === 'awaiting') {
      if (nowMs - serverActiveMs >= responseTimeoutMs) this.#answer(errorAnswer(504), 'serverTimeout');
    } else if (idleMs >= (this.#phase === 'tunnelling' ? tunnelTimeoutMs : bodyTimeoutMs)) {
      this.#cutShort('idle');
    }
  }

  /** The request is not valid, or not coming. */
  #refuse(status: AnswerStatus, reason: RefusalReason, cause: EndCause, phase?: EndPhase): void {
    this.#owner.report.refused(reason);
    if (this.#phase === 'responding') this.#cutShort('protocol');
    else if (this.#phase !== 'idle') this.#answer(errorAnswer(status), cause, phase);
  }

  /** Answers instead of a server. */
  #answer(answer: EncodedAnswer, cause: EndCause, phase?: EndPhase): void {
    const isKept = this.#keepsClient && this.request.isDone && !this.isHttp10 && this.#owner.mayKeep;
    const wallMs = this.#http.context.runtime.clock.wallMs();
    this.record.status = answer.status;
    this.record.failed(cause, phase);
    if (!answer.send(this.#owner.connection, this.isHead, isKept, wallMs)) this.#owner.blockWriting();
    this.#end('drop');
    this.#owner.exchangeEnded(isKept);
  }

  /**
   * Ends the client's connection, so that the client can tell that what it has of a response is not whole (RFC 9112,
   * section 8).
   */
  #cutShort(reason: CloseReason): void {
    const isResponding = this.#phase === 'responding' && this.response.isUntilClose;
    const wouldLookWhole = this.#phase === 'tunnelling' || isResponding;
    this.record.failed(reason === 'idle' ? this.#silent : causeOf(reason, 'none'));
    this.#end('drop');
    if (wouldLookWhole) this.#owner.cut(reason);
    else this.#owner.close(reason);
  }

  /** Who does not go on, where nothing moves: a client that does not take the response, or the server. */
  get #silent(): EndCause {
    return this.#owner.connection.unacknowledgedBytes > 0 ? 'clientTimeout' : 'serverTimeout';
  }

  /** Gives everything back, exactly once per exchange. Hot path. */
  #end(fate: 'give' | 'retire' | 'drop'): void {
    this.#leaveServer(fate);
    this.request.dropHead();
    this.#enter('idle');
    this.#dispatch.release();
    this.record.finish(this.#owner.connection.lastActiveMs);
  }

  #leaveServer(fate: 'give' | 'retire' | 'drop'): void {
    const server = this.#server;
    this.#server = undefined;
    this.request.leaveServer();
    this.response.leaveServer();
    this.record.left();
    this.#owner.unblockReading();
    if (server === undefined) return;
    server.hasTail = this.#hasBody || this.#phase === 'tunnelling';
    if (fate === 'give') this.#dispatch.give(server, this.#keepsClient);
    else this.#http.servers[fate](server);
  }

  #enter(next: Phase): void {
    assertTransition('An HTTP exchange', transitions, this.#phase, next);
    this.#phase = next;
  }
}
