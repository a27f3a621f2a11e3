import type { ClientSide } from './client-side.ts';
import { trimResponseHead } from './codec/head-trimmer.ts';
import { writeResponseHead, type ResponseEdits } from './codec/head-writer.ts';
import type { ResponseHead } from './codec/response-head.ts';
import { HeldBytes } from './held-bytes.ts';
import type { HttpContext } from './http-context.ts';
import { MessageBody } from './message-body.ts';
import type { ResponseEdit } from './response-edit.ts';
import type { ServerConnection } from './server-connection.ts';

/** More interim responses than this are a flood; real servers send one or two. */
const maxInterimResponses = 20;

/** Who decides about a response on its way. */
export interface ResponseUser {
  /** The final head is there. @returns how to rewrite it */
  onFinalHead(head: ResponseHead): ResponseEdits;
  /** 101: the client has got it, and what followed it. Both connections carry no HTTP any more. */
  onUpgraded(): void;
  /** @param hasRest bytes followed that nobody asked for */
  onResponseEnd(hasRest: boolean): void;
  /** The server broke the protocol; the final head may be with the client already, or not. */
  onResponseBroken(): void;
}

/** What a response answers to. */
export interface ResponseExpectation {
  readonly isHead: boolean;
  readonly isHttp10: boolean;
  readonly mayUpgrade: boolean;
}

/**
 * Carries one response after the other to the client: interim heads, the final one, and the body.
 * Back-pressure of the client stops reading from the server.
 */
export class ResponseForwarder {
  readonly #http: HttpContext;
  readonly #owner: ClientSide;
  readonly #edit: ResponseEdit;
  readonly #user: ResponseUser;
  readonly #body: MessageBody;
  /** The beginning of a head, until all of it is there. */
  readonly #partial: HeldBytes;
  #expected: ResponseExpectation | undefined = undefined;
  #server: ServerConnection | undefined = undefined;
  #hasFinalHead = false;
  #interimResponses = 0;
  #isPaused = false;
  /** Bytes that the engine is relaying by itself. */
  #relaying = 0;

  constructor(http: HttpContext, owner: ClientSide, edit: ResponseEdit, user: ResponseUser) {
    this.#http = http;
    this.#owner = owner;
    this.#edit = edit;
    this.#user = user;
    this.#body = new MessageBody(http.tolerance);
    this.#partial = new HeldBytes(http.stock);
  }

  /** Nothing of a response has arrived. */
  get isUntouched(): boolean {
    return !this.#hasFinalHead && this.#interimResponses === 0 && this.#partial.size === 0;
  }

  /** Only the end of the connection tells the client the end of the body. */
  get isUntilClose(): boolean {
    return this.#body.isUntilClose;
  }

  begin(server: ServerConnection, expected: ResponseExpectation): void {
    this.#server = server;
    this.#expected = expected;
    this.#hasFinalHead = this.#isPaused = false;
    this.#interimResponses = this.#relaying = 0;
  }

  /** The server is gone, or not ours any more: its next user finds it reading. */
  leaveServer(): void {
    if (this.#isPaused) this.onClientDrain();
    this.#server = undefined;
    this.#partial.clear();
  }

  /** Hot path. */
  onData(bytes: Buffer, start: number, end: number): void {
    if (this.#hasFinalHead) {
      this.#http.outlet.open(this.#owner.connection);
      this.#takeBody(bytes, start, end);
    } else if (this.#partial.size === 0) {
      this.#takeHeads(bytes, start, end, start);
    } else {
      const partial = this.#partial;
      const seen = partial.size;
      partial.hold(bytes, start, end);
      this.#takeHeads(partial.bytes, partial.start, partial.end, partial.start + seen);
    }
  }

  /** The server ended its direction. @returns false where that is too early */
  onEnd(): boolean {
    if (!this.#hasFinalHead || !this.#body.end()) return false;
    this.#user.onResponseEnd(false);
    return true;
  }

  onRelayed(): void {
    const { outlet } = this.#http;
    outlet.open(this.#owner.connection);
    this.#body.relayed(this.#relaying, outlet);
    this.#relaying = 0;
    if (!outlet.close()) this.#owner.blockWriting();
    if (this.#body.isDone) this.#user.onResponseEnd(false);
  }

  onClientDrain(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#server?.connection.resume();
  }

  /** Interim heads and the final one, and with it what is there of the body. Hot path. */
  #takeHeads(bytes: Buffer, start: number, end: number, seenEnd: number): void {
    const head = this.#http.responseHead;
    const isHead = this.#expected?.isHead === true;
    let position = start;
    let seen = seenEnd;
    while (true) {
      const status = head.parse(bytes, position, end, isHead, seen);
      if (status === 'incomplete') {
        this.#keep(bytes, position, end);
        return;
      }
      if (status !== 'complete' || (head.isInterim && !this.#mayBeInterim(head))) {
        this.#user.onResponseBroken();
        return;
      }
      position = seen = head.headEnd;
      if (head.status === 101) {
        this.#upgrade(bytes, head, end);
        return;
      }
      if (!head.isInterim) break;
      this.#passInterim(bytes, head);
    }
    this.#body.begin(head.bodyKind, head.contentLength, this.#expected?.isHttp10 === true);
    // A fault that is at hand already can still be told by a status.
    if (!this.#body.isSound(bytes, position, end)) {
      this.#user.onResponseBroken();
      return;
    }
    this.#hasFinalHead = true;
    const edits = this.#user.onFinalHead(head);
    const headStart = trimResponseHead(bytes, head, edits);
    if (headStart >= 0) {
      const bodyEnd = this.#body.takePlain(position, end);
      this.#goOn(this.#owner.connection.write(bytes, headStart, bodyEnd), bodyEnd < end);
    } else {
      this.#write(bytes, head, edits);
      this.#takeBody(bytes, position, end);
    }
  }

  #mayBeInterim(head: ResponseHead): boolean {
    if (head.status === 101) return this.#expected?.mayUpgrade === true;
    return this.#interimResponses < maxInterimResponses;
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    if (bytes === this.#partial.bytes) this.#partial.release(start);
    else this.#partial.hold(bytes, start, end);
  }

  #passInterim(bytes: Buffer, head: ResponseHead): void {
    this.#interimResponses += 1;
    // HTTP/1.0 does not know them (RFC 9110, section 15.2).
    if (this.#expected?.isHttp10 === true) return;
    this.#write(bytes, head, this.#edit.forInterim());
    this.#http.outlet.close();
  }

  #upgrade(bytes: Buffer, head: ResponseHead, end: number): void {
    const { outlet } = this.#http;
    this.#write(bytes, head, this.#edit.forUpgrade());
    outlet.put(bytes, head.headEnd, end);
    outlet.close();
    this.#partial.clear();
    this.#user.onUpgraded();
  }

  /** Writes a head and leaves the outlet open for what follows. Hot path. */
  #write(bytes: Buffer, head: ResponseHead, edits: ResponseEdits): void {
    const { outlet } = this.#http;
    outlet.open(this.#owner.connection);
    outlet.length = writeResponseHead(outlet.buffer, bytes, head, edits);
  }

  /** Passes on the body's part of bytes `start` to `end`; the outlet is open. Hot path. */
  #takeBody(bytes: Buffer, start: number, end: number): void {
    const position = this.#body.take(bytes, start, end, this.#http.outlet);
    this.#goOn(this.#http.outlet.close(), position < end);
  }

  /** What has arrived of the response was sent, and `hasRest` tells of bytes beyond its end. Hot path. */
  #goOn(isFlowing: boolean, hasRest: boolean): void {
    const body = this.#body;
    this.#partial.clear();
    if (!isFlowing) this.#owner.blockWriting();
    if (body.isDone) this.#user.onResponseEnd(hasRest);
    else if (body.problem !== undefined) this.#user.onResponseBroken();
    else if (body.relayable > 0) this.#relay(body.relayable);
    else if (!isFlowing) this.#pause();
  }

  #relay(count: number): void {
    this.#relaying = count;
    this.#server?.connection.relay(this.#owner.connection, count === Infinity ? undefined : count);
  }

  #pause(): void {
    this.#isPaused = true;
    this.#server?.connection.pause();
  }
}
