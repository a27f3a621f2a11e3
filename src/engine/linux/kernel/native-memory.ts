import type { Libc } from './libc.ts';

/**
 * Memory at a fixed address, which the kernel may find through pointers; that of a Node buffer is not stable enough.
 * What an engine leaves serves the next one; it is freed only with the thread.
 */
export class NativeMemory {
  readonly address: number;
  readonly bytes: Buffer;
  readonly words: Uint32Array;

  /** @throws Error where there is no memory left */
  private constructor(libc: Libc, byteCount: number) {
    const { koffi, threadEnd } = libc;
    const free = libc.addressOf('free');
    this.address = libc.allocate(1, byteCount);
    if (this.address === 0) throw new Error(`no memory is left for ${byteCount} bytes`);
    threadEnd?.add(threadEnd.isolate, free, this.address);
    const memory = koffi.view(BigInt(this.address), byteCount);
    this.bytes = Buffer.from(memory);
    this.words = new Uint32Array(memory);
  }

  static readonly #spare: NativeMemory[] = [];

  /** @returns memory of that size, not cleared, which is the caller's until `giveBack` */
  static take(libc: Libc, byteCount: number): NativeMemory {
    const index = NativeMemory.#spare.findIndex(({ bytes }) => bytes.length === byteCount);
    return NativeMemory.#spare.splice(index, index < 0 ? 0 : 1)[0] ?? new NativeMemory(libc, byteCount);
  }

  giveBack(): void {
    NativeMemory.#spare.push(this);
  }
}
