import type { Connection } from '../engine/engine.ts';
import type { Client } from '../model/client.ts';
import { ConnectionEnds } from '../path/connection-client.ts';
import { NamedCookies } from './codec/cookies.ts';
import { NamedHeaders } from './codec/named-headers.ts';
import type { RequestHead } from './codec/request-head.ts';
import { textOf } from './codec/text-list.ts';
import type { WantedFacts } from './wanted-facts.ts';

/**
 * The client of the current exchange, as balancing and persistence see it. The bytes of a head are gone once the call
 * that brought them returns, but a redispatch may ask again. So what is wanted is read at the beginning and kept, and
 * what a strategy asks for becomes wanted.
 */
export class RequestClient extends ConnectionEnds implements Client {
  method: string | undefined = undefined;
  readonly #wanted: WantedFacts;
  readonly #cookies: NamedCookies[] = [];
  readonly #headers: NamedHeaders[] = [];
  #target: string | undefined = undefined;
  #bytes: Buffer | undefined = undefined;
  #head: RequestHead | undefined = undefined;

  constructor(connection: Connection, wanted: WantedFacts) {
    super(connection);
    this.#wanted = wanted;
  }

  /** An exchange begins with a head that lies in `bytes`. Hot path. */
  begin(bytes: Buffer, head: RequestHead): void {
    const { cookies, headers, target } = this.#wanted;
    this.#bytes = bytes;
    this.#head = head;
    this.method = head.method;
    for (let index = 0; index < cookies.encoded.length; index++) {
      const name = cookies.encoded[index];
      if (name !== undefined) (this.#cookies[index] ??= new NamedCookies()).read(bytes, head, name);
    }
    for (let index = 0; index < headers.encoded.length; index++) {
      const name = headers.encoded[index];
      if (name !== undefined) (this.#headers[index] ??= new NamedHeaders()).read(bytes, head.headers, name);
    }
    this.#target = target ? textOf(bytes, head.targetStart, head.targetEnd, this.#target) : undefined;
  }

  /** The bytes of the head will be overwritten. */
  forgetHead(): void {
    this.#bytes = this.#head = undefined;
  }

  get target(): string | undefined {
    this.#wanted.target = true;
    if (this.#bytes !== undefined && this.#head !== undefined) {
      this.#target ??= textOf(this.#bytes, this.#head.targetStart, this.#head.targetEnd, undefined);
    }
    return this.#target;
  }

  /** Hot path for wanted names. */
  header(name: string, nth = 0): string | undefined {
    const { headers } = this.#wanted;
    const values = this.#headers[headers.indexOf(name)];
    if (values !== undefined) return values.at(nth);
    const encoded = headers.add(name);
    if (this.#bytes === undefined || this.#head === undefined) return undefined;
    return new NamedHeaders().read(this.#bytes, this.#head.headers, encoded).at(nth);
  }

  /** Hot path for wanted names. */
  cookie(name: string, nth = 0): string | undefined {
    const { cookies } = this.#wanted;
    const values = this.#cookies[cookies.indexOf(name)];
    if (values !== undefined) return values.at(nth);
    const encoded = cookies.add(name);
    if (this.#bytes === undefined || this.#head === undefined) return undefined;
    return new NamedCookies().read(this.#bytes, this.#head, encoded).at(nth);
  }
}
