import type { Random } from '../runtime/runtime.ts';
import { byte } from './codec/byte-class.ts';
import type { RequestHead } from './codec/request-head.ts';
import { findTraceparent, leaveOutTrace, tracePlaces } from './codec/trace-context.ts';

const name = 'traceparent: ';
/** The flags say that it is sampled: this proxy records it, if anybody asks for records. */
const template = `${name}00-${'0'.repeat(32)}-${'0'.repeat(16)}-01\r\n`;
const noLine = Buffer.alloc(0);
const hexDigits = Buffer.from('0123456789abcdef');
/** What one random number gives. */
const digitsAtOnce = 8;

/**
 * Begins a trace for each request that belongs to none. One for all exchanges of a run, for use within one call: what it
 * says is of the head that it was last given.
 */
export class TraceBeginner {
  /** The header line that the head gets; empty where it belongs to a trace already. */
  line: Buffer = noLine;
  readonly #ownLine = Buffer.from(template);
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Looks at a head that was just parsed. Where it belongs to no trace, what it says of traces is left out. Hot path. */
  take(bytes: Buffer, { headers }: RequestHead): void {
    this.line = noLine;
    if (findTraceparent(bytes, headers) !== -1) return;
    leaveOutTrace(bytes, headers);
    this.#writeId(tracePlaces.traceId, 32);
    this.#writeId(tracePlaces.spanId, 16);
    this.line = this.#ownLine;
  }

  /** Of the trace that began; undefined where none did. */
  get traceId(): string | undefined {
    return this.#textAt(tracePlaces.traceId, 32);
  }

  get spanId(): string | undefined {
    return this.#textAt(tracePlaces.spanId, 16);
  }

  #textAt(place: number, digits: number): string | undefined {
    const start = name.length + place;
    return this.line === noLine ? undefined : this.line.toString('latin1', start, start + digits);
  }

  /** Random digits, which must not all be zero. */
  #writeId(place: number, digits: number): void {
    const start = name.length + place;
    let isZero = true;
    for (let position = start; position < start + digits; position += digitsAtOnce) {
      const value = Math.floor(this.#random() * 2 ** 32);
      isZero &&= value === 0;
      this.#writeHex(position, value);
    }
    if (isZero) this.#ownLine[start] = byte.one;
  }

  #writeHex(start: number, value: number): void {
    for (let index = 0; index < digitsAtOnce; index++) {
      this.#ownLine[start + index] = hexDigits[(value >>> (4 * index)) & 15] ?? byte.zero;
    }
  }
}
