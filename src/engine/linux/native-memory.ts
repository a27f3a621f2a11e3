import type { Koffi } from './libc.ts';

/**
 * Memory at a fixed address, which the kernel may find through pointers; that of a Node buffer is not stable
 * enough. It is never freed while somebody may still look at it: what an engine leaves serves the next one.
 */
export class NativeMemory {
  readonly address: number;
  readonly bytes: Buffer;
  readonly words: Uint32Array;

  private constructor(koffi: Koffi, byteCount: number) {
    const address = koffi.alloc('uint8_t', byteCount);
    const memory = koffi.view(address, byteCount);
    // Addresses of user space have 47 bits on x64 and 48 on arm64, so a number holds them.
    this.address = Number(address);
    this.bytes = Buffer.from(memory);
    this.words = new Uint32Array(memory);
  }

  static readonly #spare: NativeMemory[] = [];

  /** @returns memory of that size, not cleared, which is the caller's until `giveBack` */
  static take(koffi: Koffi, byteCount: number): NativeMemory {
    const index = NativeMemory.#spare.findIndex(({ bytes }) => bytes.length === byteCount);
    return NativeMemory.#spare.splice(index, index < 0 ? 0 : 1)[0] ?? new NativeMemory(koffi, byteCount);
  }

  giveBack(): void {
    NativeMemory.#spare.push(this);
  }
}
