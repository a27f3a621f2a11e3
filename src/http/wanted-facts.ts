import type { ClientFact } from '../model/client.ts';
import { caseless } from './codec/caseless.ts';

/** Strategies ask for one or two of them; further ones are read again each time. */
const maxNames = 16;

/** Names of cookies, or of headers, that are asked for, encoded once. */
export class WantedNames<Encoded extends Uint8Array> {
  readonly texts: string[] = [];
  readonly encoded: Encoded[] = [];
  readonly #encode: (name: string) => Encoded;

  constructor(encode: (name: string) => Encoded) {
    this.#encode = encode;
  }

  /** @returns the name, encoded */
  add(name: string): Encoded {
    const known = this.encoded[this.texts.indexOf(name)];
    if (known !== undefined) return known;
    const encoded = this.#encode(name);
    if (this.texts.length < maxNames) {
      this.texts.push(name);
      this.encoded.push(encoded);
    }
    return encoded;
  }
}

/** What strategies and policies ask of requests; shared by the clients of a service. It grows by what they ask for. */
export class WantedFacts {
  readonly cookies = new WantedNames((name) => Buffer.from(name, 'latin1'));
  readonly headers = new WantedNames(caseless);
  target = false;

  constructor(facts: Iterable<ClientFact>) {
    for (const fact of facts) this.#add(fact);
  }

  #add(fact: ClientFact): void {
    const name = fact.slice(fact.indexOf(':') + 1);
    if (fact.startsWith('cookie:')) this.cookies.add(name);
    else if (fact.startsWith('header:')) this.headers.add(name);
    else if (fact === 'target') this.target = true;
  }
}
