import type { NativeMemory } from './native-memory.ts';
import { packetInfoBytes } from './packet-info.ts';
import { socketAddressSize } from './socket-address.ts';

/** Datagrams that one system call moves at most. */
export const vectorSize = 64;

/**
 * `struct mmsghdr`, `struct iovec`, room for an address and for control messages, in words of 32 bits, on 64-bit
 * systems.
 */
const headerWords = 16;
const pieceWords = 4;
const nameWords = 8;
const controlWords = packetInfoBytes / 4;
const firstPiece = vectorSize * headerWords;
const firstName = firstPiece + vectorSize * pieceWords;
const firstControl = firstName + vectorSize * nameWords;

const wordSize = 2 ** 32;

/** Where the fields are in `struct mmsghdr`. */
const namePointer = 0;
const nameLength = 2;
const piecePointer = 4;
const pieceCount = 6;
const controlPointer = 8;
const controlLength = 10;
const datagramLength = 14;

/** The bytes that a vector takes up. */
export const vectorBytes = (firstControl + vectorSize * controlWords) * 4;

/** The table of datagrams that recvmmsg and sendmmsg work on, at the beginning of some memory. */
export class DatagramVector {
  readonly #memory: NativeMemory;
  /** The address of the memory, in two words. */
  readonly #low: number;
  readonly #high: number;

  constructor(memory: NativeMemory) {
    this.#memory = memory;
    this.#high = Math.floor(memory.address / wordSize);
    this.#low = memory.address - this.#high * wordSize;
    memory.words.fill(0, 0, vectorBytes / 4);
    for (let index = 0; index < vectorSize; index++) {
      const header = index * headerWords;
      this.#writePointer(header + namePointer, this.nameOffset(index));
      this.#writePointer(header + piecePointer, (firstPiece + index * pieceWords) * 4);
      memory.words[header + pieceCount] = 1;
      this.#writePointer(header + controlPointer, this.controlOffset(index));
      this.setNameLength(index, socketAddressSize);
    }
  }

  /** The address of one entry and those behind it. */
  addressOf(index: number): number {
    return this.#memory.address + index * headerWords * 4;
  }

  /** Where in the memory the socket address of an entry is. Hot path. */
  nameOffset(index: number): number {
    return (firstName + index * nameWords) * 4;
  }

  /** The address of the socket address of an entry. Hot path. */
  nameAddress(index: number): number {
    return this.#memory.address + this.nameOffset(index);
  }

  /** Hot path. */
  nameLength(index: number): number {
    return this.#memory.words[index * headerWords + nameLength] ?? 0;
  }

  /** Hot path. */
  setNameLength(index: number, length: number): void {
    this.#memory.words[index * headerWords + nameLength] = length;
  }

  /** Where in the memory the control messages of an entry are. Hot path. */
  controlOffset(index: number): number {
    return (firstControl + index * controlWords) * 4;
  }

  /** How many bytes they are, or may be; 0 at first. Hot path. */
  controlLength(index: number): number {
    return this.#memory.words[index * headerWords + controlLength] ?? 0;
  }

  /** Hot path. */
  setControlLength(index: number, length: number): void {
    this.#memory.words[index * headerWords + controlLength] = length;
  }

  /** Where in the memory the bytes of an entry are, or will be. Hot path. */
  setPiece(index: number, offset: number, length: number): void {
    const piece = firstPiece + index * pieceWords;
    this.#writePointer(piece, offset);
    this.#memory.words[piece + 2] = length;
  }

  /** The address of the bytes of an entry. Hot path. */
  pieceAddress(index: number): number {
    const piece = firstPiece + index * pieceWords;
    return (this.#memory.words[piece] ?? 0) + (this.#memory.words[piece + 1] ?? 0) * 2 ** 32;
  }

  /** Hot path. */
  pieceLength(index: number): number {
    return this.#memory.words[firstPiece + index * pieceWords + 2] ?? 0;
  }

  /** How long the datagram is that was received. Hot path. */
  receivedLength(index: number): number {
    return this.#memory.words[index * headerWords + datagramLength] ?? 0;
  }

  /** Without a division: those of floating point are calls. Hot path. */
  #writePointer(word: number, offset: number): void {
    const { words } = this.#memory;
    const low = this.#low + offset;
    const hasCarry = low >= wordSize;
    words[word] = hasCarry ? low - wordSize : low;
    words[word + 1] = hasCarry ? this.#high + 1 : this.#high;
  }
}
