import type { IpAddress } from '../model/address.ts';
import { hashWords } from '../base/half-sip-hash.ts';
import { grown } from './grown.ts';

/** Words for each slot: the client's address, and the one that it asked. */
const wordsPerSlot = 8;

/**
 * What tells flows apart, as in connection tracking: the client's address and port, and the address of this machine
 * that it asked. The service's port is the same for all. By slot, in flat arrays; hashed with a secret, so nobody can
 * choose clients that meet in one bucket.
 */
export class FlowKeys {
  readonly #key0: number;
  readonly #key1: number;
  #words: Uint32Array;
  #ports: Uint16Array;
  /** The address that was hashed last: a service is asked at one mostly. */
  readonly #lastLocal = new Uint32Array(4);
  #lastLocalHash = 0;

  /** @param seed 0 to 2^53-1 */
  constructor(slots: number, seed: number) {
    this.#key0 = seed | 0;
    this.#key1 = Math.floor(seed / 2 ** 32);
    this.#words = new Uint32Array(wordsPerSlot * slots);
    this.#ports = new Uint16Array(slots);
  }

  /** Makes room for more slots. */
  growTo(slots: number): void {
    this.#words = grown(this.#words, wordsPerSlot * slots);
    this.#ports = grown(this.#ports, slots);
  }

  set(slot: number, client: IpAddress, port: number, local: IpAddress): void {
    const at = wordsPerSlot * slot;
    setWords(this.#words, at, client);
    setWords(this.#words, at + 4, local);
    this.#ports[slot] = port;
  }

  /** Hot path. */
  isAt(slot: number, client: IpAddress, port: number, local: IpAddress): boolean {
    const at = wordsPerSlot * slot;
    return (
      this.#ports[slot] === port && areWords(this.#words, at, client) && areWords(this.#words, at + 4, local)
    );
  }

  /** A hash of all of it. Hot path. */
  hash(client: IpAddress, port: number, local: IpAddress): number {
    if (!areWords(this.#lastLocal, 0, local)) this.#hashLocal(local);
    const { w0, w1, w2, w3 } = client;
    return hashWords(w0, w1, w2, w3, this.#key0 ^ port, this.#key1 ^ this.#lastLocalHash);
  }

  /**
   * A hash of the sender at an address. For IPv6, that is its network of 64 bits: one host may take as many addresses
   * there as it likes (RFC 4291 §2.5.1).
   */
  sourceHash(client: IpAddress): number {
    const { w0, w1, w2, w3, isV4 } = client;
    return hashWords(w0, w1, isV4 ? w2 : 0, isV4 ? w3 : 0, ~this.#key0, this.#key1);
  }

  #hashLocal(local: IpAddress): void {
    const { w0, w1, w2, w3 } = local;
    setWords(this.#lastLocal, 0, local);
    this.#lastLocalHash = hashWords(w0, w1, w2, w3, this.#key0, this.#key1);
  }
}

function setWords(words: Uint32Array, at: number, { w0, w1, w2, w3 }: IpAddress): void {
  words[at] = w0;
  words[at + 1] = w1;
  words[at + 2] = w2;
  words[at + 3] = w3;
}

/** Those that differ most are compared first. Hot path. */
function areWords(words: Uint32Array, at: number, { w0, w1, w2, w3 }: IpAddress): boolean {
  return words[at + 3] === w3 && words[at + 2] === w2 && words[at + 1] === w1 && words[at] === w0;
}
