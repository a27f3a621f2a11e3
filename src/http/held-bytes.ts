import type { BufferStock } from './buffer-stock.ts';

/**
 * Bytes that must outlive the call that brought them: the beginning of a head, or requests that wait for the
 * one before. Takes memory from the stock while there are any, and none otherwise.
 */
export class HeldBytes {
  /** Where the held bytes lie. Positions are good until the next call of a method. */
  bytes: Buffer;
  start = 0;
  end = 0;
  readonly #stock: BufferStock;

  constructor(stock: BufferStock) {
    this.#stock = stock;
    this.bytes = stock.none;
  }

  get size(): number {
    return this.end - this.start;
  }

  /** Adds a copy of bytes `start` to `end`, which may lie in the held ones' own memory only if none are held. */
  hold(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    if (length === 0) return;
    if (this.end + length > this.bytes.length) this.#makeRoom(length);
    bytes.copy(this.bytes, this.end, start, end);
    this.end += length;
  }

  /** Forgets the bytes before `position`; the memory goes back once none are left. */
  release(position: number): void {
    this.start = position;
    if (this.start < this.end) return;
    this.clear();
  }

  clear(): void {
    this.start = this.end = 0;
    this.#stock.give(this.bytes);
    this.bytes = this.#stock.none;
  }

  #makeRoom(length: number): void {
    const needed = this.size + length;
    const isRoomInFront = needed <= this.bytes.length;
    // Beyond the stock, room for as much again: what grows there piece by piece is not copied each time.
    const isGrowing = this.size > 0 && needed > this.#stock.size;
    const room = isRoomInFront ? this.bytes : this.#stock.take(isGrowing ? 2 * needed : needed);
    this.bytes.copy(room, 0, this.start, this.end);
    this.end = this.size;
    this.start = 0;
    if (isRoomInFront) return;
    this.#stock.give(this.bytes);
    this.bytes = room;
  }
}
