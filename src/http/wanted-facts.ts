import type { ClientFact } from '../model/client.ts';
import { caseless } from './codec/caseless.ts';

/** Strategies ask for one or two of them; further ones are read again each time. */
const maxNames = 16;

/** Names of cookies, or of headers, that are asked for, encoded once. */
export class WantedNames<Encoded extends Uint8Array> {
  readonly texts: string[] = [];
  readonly encoded: Encoded[] = [];
  readonly #encode: (name: string) => Encoded;
  readonly #isCaseless: boolean;

  /** @param isCaseless whether names that differ in case alone are the same */
  constructor(encode: (name: string) => Encoded, isCaseless: boolean) {
    this.#encode = encode;
    this.#isCaseless = isCaseless;
  }

  /** Where the name stands; -1 where it is not kept. Hot path for lower case. */
  indexOf(name: string): number {
    const index = this.texts.indexOf(name);
    return index === -1 && this.#isCaseless ? this.texts.indexOf(name.toLowerCase()) : index;
  }

  /** Keeps the name, however many there are. @returns it, encoded */
  need(name: string): Encoded {
    const known = this.encoded[this.indexOf(name)];
    if (known !== undefined) return known;
    const encoded = this.#encode(name);
    this.texts.push(this.#isCaseless ? name.toLowerCase() : name);
    this.encoded.push(encoded);
    return encoded;
  }

  /** Keeps a name that somebody asked for, unless there are many. @returns it, encoded */
  add(name: string): Encoded {
    return this.texts.length < maxNames ? this.need(name) : this.#encode(name);
  }
}

/** What strategies and policies ask of requests; shared by the clients of a service. It grows by what they ask for. */
export class WantedFacts {
  readonly cookies = new WantedNames((name) => Buffer.from(name, 'latin1'), false);
  readonly headers = new WantedNames(caseless, true);
  target = false;

  constructor(facts: Iterable<ClientFact>) {
    for (const fact of facts) this.#add(fact);
  }

  #add(fact: ClientFact): void {
    const name = fact.slice(fact.indexOf(':') + 1);
    if (fact.startsWith('cookie:')) this.cookies.need(name);
    else if (fact.startsWith('header:')) this.headers.need(name);
    else if (fact === 'target') this.target = true;
  }
}
