import { ChunkDecoder } from './codec/chunk-decoder.ts';
import { chunkEnd, lastChunk, maxChunkHeaderBytes, writeChunkHeader } from './codec/chunk-writer.ts';
import type { HeadProblem } from './codec/head-problem.ts';
import type { BodyKind } from './codec/response-head.ts';
import type { Tolerance } from './codec/tolerance.ts';
import type { Outlet } from './outlet.ts';

/** From here on, handing bytes to the engine costs less than carrying them through this process. */
const minRelayBytes = 65_536;

/**
 * One message's body on its way through, by its framing: bytes go in as they arrive and come out of an outlet, chunks
 * framed again without extensions and trailers. Reused for body after body.
 */
export class MessageBody {
  /** Everything was taken. A body that ends with its connection is never done by itself: see `end`. */
  isDone = true;
  /** Set where the bytes broke the framing; nothing more is taken then. */
  problem: HeadProblem | undefined = undefined;
  #kind: BodyKind = 'none';
  #remaining = 0;
  #isUnframed = false;
  readonly #chunks: ChunkDecoder;

  constructor(tolerance: Tolerance) {
    this.#chunks = new ChunkDecoder(tolerance);
  }

  /** Only the end of the connection tells its receiver where it ends. */
  get isUntilClose(): boolean {
    return this.#kind === 'close' || (this.#kind === 'chunked' && this.#isUnframed);
  }

  /**
   * @param length bytes of the body, where `kind` is `length`
   * @param isUnframed send chunks as plain bytes, for a client that cannot read them
   */
  begin(kind: BodyKind, length: number, isUnframed: boolean): void {
    this.#kind = kind;
    this.#remaining = length;
    this.#isUnframed = isUnframed;
    this.problem = undefined;
    this.isDone = kind === 'none' || (kind === 'length' && length === 0);
    if (kind === 'chunked') this.#chunks.reset();
  }

  /** Whether bytes `start` to `end`, the first of this body, fit its framing. Takes none of them. Hot path. */
  isSound(bytes: Buffer, start: number, end: number): boolean {
    if (this.#kind !== 'chunked' || start === end) return true;
    const chunks = this.#chunks;
    let event = chunks.next(bytes, start, end);
    while (event === 'data') event = chunks.next(bytes, chunks.position, end);
    chunks.reset();
    return event !== 'problem';
  }

  /** Passes on this body's part of bytes `start` to `end`. Hot path. @returns the position after it */
  take(bytes: Buffer, start: number, end: number, outlet: Outlet): number {
    if (this.isDone || start === end) return start;
    if (this.#kind === 'chunked') return this.#takeChunks(bytes, start, end, outlet);
    const until = this.takePlain(start, end);
    outlet.put(bytes, start, until);
    return until;
  }

  /** As `take`, for a body that is not chunked: the caller passes on its bytes. Hot path. */
  takePlain(start: number, end: number): number {
    if (this.isDone) return start;
    const until = this.#kind === 'length' ? start + Math.min(end - start, this.#remaining) : end;
    this.#countRelayed(until - start);
    return until;
  }

  /** How many of the bytes to come the engine may relay by itself: 0 where that is not worth it. */
  get relayable(): number {
    if (this.isDone) return 0;
    if (this.#kind === 'close') return Infinity;
    const plain = this.#kind === 'chunked' ? this.#chunks.begunRemaining : this.#remaining;
    return plain >= minRelayBytes ? plain : 0;
  }

  /** Counts bytes that the engine relayed. */
  relayed(count: number, outlet: Outlet): void {
    if (this.#kind !== 'chunked') {
      this.#countRelayed(count);
      return;
    }
    const chunks = this.#chunks;
    chunks.skipData(count);
    if (chunks.chunkRemaining === 0 && !this.#isUnframed) outlet.put(chunkEnd, 0, chunkEnd.length);
  }

  /** The connection that it came from ended. @returns false where the body was not whole */
  end(): boolean {
    if (this.#kind === 'close') this.isDone = true;
    return this.isDone;
  }

  #countRelayed(count: number): void {
    if (this.#kind !== 'length') return;
    this.#remaining -= count;
    this.isDone = this.#remaining === 0;
  }

  #takeChunks(bytes: Buffer, start: number, end: number, outlet: Outlet): number {
    const chunks = this.#chunks;
    let position = start;
    while (true) {
      const event = chunks.next(bytes, position, end);
      position = chunks.position;
      if (event === 'data') {
        this.#passChunk(bytes, outlet);
        continue;
      }
      if (event === 'end') {
        this.isDone = true;
        if (!this.#isUnframed) outlet.put(lastChunk, 0, lastChunk.length);
      } else if (event === 'problem') {
        this.problem = chunks.problem;
      }
      return position;
    }
  }

  #passChunk(bytes: Buffer, outlet: Outlet): void {
    const chunks = this.#chunks;
    if (!this.#isUnframed && chunks.isChunkStart) {
      outlet.reserve(maxChunkHeaderBytes);
      outlet.length = writeChunkHeader(outlet.buffer, outlet.length, chunks.chunkSize);
    }
    outlet.put(bytes, chunks.dataStart, chunks.dataEnd);
    if (!this.#isUnframed && chunks.chunkRemaining === 0) outlet.put(chunkEnd, 0, chunkEnd.length);
  }
}
