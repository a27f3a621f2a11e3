/**
 * HalfSipHash: the 32-bit-word relative of SipHash, a short keyed hash. Without the key nobody can
 * predict it, or make it collide on purpose. After the reference by J.-P. Aumasson and D. J. Bernstein
 * (https://github.com/veorq/SipHash), whose test vectors the tests use.
 */
class HalfSipState {
  #v0 = 0;
  #v1 = 0;
  #v2 = 0;
  #v3 = 0;

  start(key0: number, key1: number): void {
    this.#v0 = key0 | 0;
    this.#v1 = key1 | 0;
    this.#v2 = 0x6c796765 ^ key0;
    this.#v3 = 0x74656462 ^ key1;
  }

  /** What tells a 64-bit result from a 32-bit one. */
  startLong(key0: number, key1: number): void {
    this.start(key0, key1);
    this.#v1 ^= 0xee;
  }

  absorb(word: number, rounds: number): void {
    this.#v3 ^= word;
    this.#mix(rounds);
    this.#v0 ^= word;
  }

  finish(tag: number, rounds: number): number {
    this.#v2 ^= tag;
    this.#mix(rounds);
    return this.#v1 ^ this.#v3;
  }

  /** The second half of a 64-bit result, after `finish`. */
  finishSecond(rounds: number): number {
    this.#v1 ^= 0xdd;
    this.#mix(rounds);
    return this.#v1 ^ this.#v3;
  }

  #mix(rounds: number): void {
    let v0 = this.#v0;
    let v1 = this.#v1;
    let v2 = this.#v2;
    let v3 = this.#v3;
    for (let round = 0; round < rounds; round++) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    this.#v0 = v0;
    this.#v1 = v1;
    this.#v2 = v2;
    this.#v3 = v3;
  }
}

/** One state for all calls: none of them is ever interrupted by another. */
const state = new HalfSipState();
const textEncoder = new TextEncoder();

/**
 * A signed 32-bit hash of four words, for hash tables: one round a word and three at the end, as Linux does
 * in its own. The same steps as above with their state in local variables, which takes half the time. Hot path.
 */
export function hashWords(
  w0: number,
  w1: number,
  w2: number,
  w3: number,
  key0: number,
  key1: number,
): number {
  let v0 = key0 | 0;
  let v1 = key1 | 0;
  let v2 = 0x6c796765 ^ key0;
  let v3 = 0x74656462 ^ key1;
  for (let round = 0; round < 7; round++) {
    const word = round === 0 ? w0 : round === 1 ? w1 : round === 2 ? w2 : round === 3 ? w3 : 0;
    if (round === 4) v2 ^= 0xff;
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
  }
  return v1 ^ v3;
}

/** A 64-bit result, as two unsigned 32-bit words. */
export interface LongHash {
  readonly first: number;
  readonly second: number;
}

/** HalfSipHash-2-4 with a 64-bit result, of bytes or of a text's UTF-8 bytes. */
export function hashBytes(input: Uint8Array | string, key0: number, key1: number): LongHash {
  const bytes = typeof input === 'string' ? textEncoder.encode(input) : input;
  state.startLong(key0, key1);
  const whole = bytes.length & ~3;
  for (let at = 0; at < whole; at += 4) state.absorb(littleEndian(bytes, at, 4), 2);
  state.absorb((bytes.length << 24) | littleEndian(bytes, whole, bytes.length & 3), 2);
  const first = state.finish(0xee, 4) >>> 0;
  return { first, second: state.finishSecond(4) >>> 0 };
}

function littleEndian(bytes: Uint8Array, at: number, length: number): number {
  let word = 0;
  for (let i = 0; i < length; i++) word |= (bytes[at + i] ?? 0) << (8 * i);
  return word;
}
