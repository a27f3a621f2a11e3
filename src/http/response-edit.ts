import type { Client } from '../model/client.ts';
import type { Lease } from '../pool/lease.ts';
import type { PathContext } from '../path/path-context.ts';
import type { ConnectionEdit, ResponseEdits } from './codec/head-writer.ts';
import { encodeHeaderLine } from './codec/header-line.ts';
import type { HttpContext } from './http-context.ts';

/** Longer cookies are cut off or refused by browsers (RFC 6265, section 6.1, asks for 4096 bytes at least). */
const maxCookieLineBytes = 4_096;

/** How the responses on one client connection change. One object, changed for each. */
export class ResponseEdit implements ResponseEdits {
  connection: ConnectionEdit = 'none';
  /** The `Set-Cookie` lines that are due. */
  append: readonly Buffer[] = noLines;
  readonly ownCookies: readonly Buffer[];
  isUncacheable = false;
  isUntilClose = false;
  readonly #context: PathContext;
  #due: readonly Buffer[] = noLines;

  constructor({ context, ownCookies }: HttpContext) {
    this.#context = context;
    this.ownCookies = ownCookies;
  }

  /** A server is selected: asks persistence for cookies that are due, while the request's can be read. Hot path. */
  selected(client: Client, lease: Lease): void {
    this.#due = noLines;
    const { server } = lease;
    if (server === undefined) return;
    for (const strategy of this.#context.persistence.strategies) {
      const value = strategy.setCookie?.(client, server.name, this.#context.selector.selectionTime);
      if (value !== undefined) this.#due = [...this.#due, ...this.#encode(value)];
    }
  }

  /** Hot path. */
  forFinal(keepsClient: boolean, isHttp10: boolean): this {
    this.connection = keepsClient ? (isHttp10 ? 'keepAlive' : 'none') : 'close';
    this.isUntilClose = isHttp10;
    return this.#withCookies();
  }

  forUpgrade(): this {
    this.connection = 'upgrade';
    this.isUntilClose = false;
    return this.#withCookies();
  }

  forInterim(): this {
    this.connection = 'none';
    this.isUntilClose = false;
    this.append = noLines;
    this.isUncacheable = false;
    return this;
  }

  #withCookies(): this {
    this.append = this.#due;
    this.isUncacheable = this.#due.length > 0;
    return this;
  }

  /** A strategy may be anybody's: what it says never breaks the response. */
  #encode(value: string): Buffer[] {
    try {
      const line = encodeHeaderLine('Set-Cookie', value);
      if (line.length <= maxCookieLineBytes) return [line];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    const { runtime, service } = this.#context;
    runtime.log(
      'error',
      `${service}: persistence returned a cookie that is not a valid header value; the cookie is not sent`,
    );
    return [];
  }
}

/** Not frozen: V8 iterates over frozen arrays by calls. */
const noLines: readonly Buffer[] = [];
