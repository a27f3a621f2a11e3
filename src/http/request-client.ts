import type { Connection } from '../engine/engine.ts';
import type { IpAddress } from '../model/address.ts';
import type { Client } from '../model/client.ts';
import { NamedCookies } from './codec/cookies.ts';
import type { RequestHead } from './codec/request-head.ts';

/** A strategy asks for one or two cookies; more names than this are read anew each time. */
const maxNames = 16;

/** The names of cookies that persistence asks for, encoded once; shared by the clients of a service. */
export class CookieNames {
  readonly texts: string[] = [];
  readonly encoded: Buffer[] = [];

  constructor(names: Iterable<string>) {
    for (const name of names) this.add(name);
  }

  add(name: string): Buffer {
    const encoded = Buffer.from(name, 'latin1');
    if (this.texts.length < maxNames) {
      this.texts.push(name);
      this.encoded.push(encoded);
    }
    return encoded;
  }
}

/**
 * The client of the current exchange, as balancing and persistence see it. The bytes of a head are gone once
 * the call that brought them returns, but a redispatch may ask again: cookies with known names are read at
 * the beginning and kept, and a name that a strategy asks for becomes known by it.
 */
export class RequestClient implements Client {
  readonly address: IpAddress;
  readonly port: number;
  readonly #names: CookieNames;
  readonly #values: NamedCookies[] = [];
  #bytes: Buffer | undefined = undefined;
  #head: RequestHead | undefined = undefined;

  constructor(connection: Connection, names: CookieNames) {
    this.address = connection.remoteAddress;
    this.port = connection.remotePort;
    this.#names = names;
  }

  /** An exchange begins with a head that lies in `bytes`. Hot path. */
  begin(bytes: Buffer, head: RequestHead): void {
    this.#bytes = bytes;
    this.#head = head;
    const names = this.#names.encoded;
    for (let index = 0; index < names.length; index++) {
      const name = names[index];
      if (name !== undefined) (this.#values[index] ??= new NamedCookies()).read(bytes, head, name);
    }
  }

  /** The bytes of the head are no longer to be had. */
  forgetHead(): void {
    this.#bytes = this.#head = undefined;
  }

  /** Hot path for known names. */
  cookie(name: string, nth = 0): string | undefined {
    const index = this.#names.texts.indexOf(name);
    const values = this.#values[index];
    if (values !== undefined) return values.at(nth);
    const encoded = this.#names.encoded[index] ?? this.#names.add(name);
    if (this.#bytes === undefined || this.#head === undefined) return undefined;
    return new NamedCookies().read(this.#bytes, this.#head, encoded).at(nth);
  }
}
