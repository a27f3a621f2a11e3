import type { ClientSide } from './client-side.ts';
import { writeRequestHead } from './codec/head-writer.ts';
import type { RequestHead } from './codec/request-head.ts';
import { RequestEdit } from './request-edit.ts';
import type { HttpContext } from './http-context.ts';
import { MessageBody } from './message-body.ts';
import type { ServerConnection } from './server-connection.ts';

/**
 * Carries one request after the other to a server: the rewritten head, which is kept as long as it may have to
 * be sent again, and the body as it comes. Back-pressure of the server stops reading from the client.
 */
export class RequestForwarder {
  readonly #http: HttpContext;
  readonly #owner: ClientSide;
  readonly #edit: RequestEdit;
  readonly #body = new MessageBody('none');
  #head: Buffer;
  #headLength = 0;
  #server: ServerConnection | undefined = undefined;
  /** Bytes that the engine is relaying by itself. */
  #relaying = 0;

  constructor(http: HttpContext, owner: ClientSide) {
    this.#http = http;
    this.#owner = owner;
    this.#edit = new RequestEdit(http, owner.connection);
    this.#head = http.stock.none;
  }

  /** The whole body was taken, or there is none. */
  get isDone(): boolean {
    return this.#body.isDone;
  }

  /** The body is not valid: nothing more of it is taken. */
  get isBroken(): boolean {
    return this.#body.problem !== undefined;
  }

  /** Rewrites a head that was just parsed. Hot path. */
  begin(bytes: Buffer, head: RequestHead): void {
    this.#body.begin(head.isChunked ? 'chunked' : 'length', Math.max(0, head.contentLength), false);
    this.#head = this.#http.stock.take(0);
    this.#headLength = writeRequestHead(this.#head, bytes, head, this.#edit.of(head));
  }

  /** Sends the head. Hot path. */
  sendHead(server: ServerConnection): void {
    this.#server = server;
    if (!server.connection.write(this.#head, 0, this.#headLength)) this.#owner.blockReading();
  }

  /** The head will not be sent again. */
  dropHead(): void {
    this.#http.stock.give(this.#head);
    this.#head = this.#http.stock.none;
  }

  /**
   * Passes on the body's part of bytes `start` to `end`, once a server is there. Hot path. @returns the position
   * after
   */
  take(bytes: Buffer, start: number, end: number): number {
    const server = this.#server;
    if (server === undefined || this.#body.isDone) return start;
    const { outlet } = this.#http;
    outlet.open(server.connection);
    const position = this.#body.take(bytes, start, end, outlet);
    if (!outlet.close()) this.#owner.blockReading();
    return position;
  }

  /** All bytes at hand were taken: the engine may carry what is left, where that is much. */
  relayRest(): void {
    if (this.#server === undefined || this.#relaying > 0 || this.#body.relayable === 0) return;
    this.#relaying = this.#body.relayable;
    this.#owner.relayTo(this.#server.connection, this.#relaying);
  }

  onRelayed(): void {
    const count = this.#relaying;
    this.#relaying = 0;
    if (this.#server === undefined) return;
    const { outlet } = this.#http;
    outlet.open(this.#server.connection);
    this.#body.relayed(count, outlet);
    if (!outlet.close()) this.#owner.blockReading();
  }

  /** The server is gone; the head may be sent to another. */
  leaveServer(): void {
    this.#server = undefined;
    this.#relaying = 0;
  }
}
