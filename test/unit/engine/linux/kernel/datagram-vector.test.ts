import { describe, expect, it } from 'vitest';
import {
  DatagramVector,
  vectorBytes,
  vectorSize,
} from '../../../../../src/engine/linux/kernel/datagram-vector.ts';
import type { NativeMemory } from '../../../../../src/engine/linux/kernel/native-memory.ts';

const roomBytes = 1024;

/** Memory that claims to be at an address. */
function memoryAt(address: number): NativeMemory {
  const bytes = Buffer.alloc(vectorBytes + roomBytes);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return { address, bytes, words } as unknown as NativeMemory;
}

describe('a vector of datagrams', () => {
  it.each([4096, 2 ** 32 - 4096, 2 ** 32 - vectorBytes, 0x7f12_3456_7000, 0x7f12_ffff_f000])(
    'points to where its entries are, in memory at %d',
    (address) => {
      const memory = memoryAt(address);
      const vector = new DatagramVector(memory);
      const view = new DataView(memory.bytes.buffer, memory.bytes.byteOffset);
      for (let index = 0; index < vectorSize; index++) {
        const offset = vectorBytes + index;
        vector.setPiece(index, offset, index + 1);
        expect(vector.pieceAddress(index)).toBe(address + offset);
        expect(vector.pieceLength(index)).toBe(index + 1);
        // As the kernel sees it: `struct msghdr` has the address of the name first, and the piece 16 bytes on.
        const header = vector.addressOf(index) - address;
        expect(view.getBigUint64(header, true)).toBe(BigInt(vector.nameAddress(index)));
        const piece = Number(view.getBigUint64(header + 16, true)) - address;
        expect(view.getBigUint64(piece, true)).toBe(BigInt(address + offset));
        expect(view.getBigUint64(piece + 8, true)).toBe(BigInt(index + 1));
      }
    },
  );
});
