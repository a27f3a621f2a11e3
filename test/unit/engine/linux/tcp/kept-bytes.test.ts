import { describe, expect, it } from 'vitest';
import { KeptBytes } from '../../../../../src/engine/linux/tcp/kept-bytes.ts';
import type { TcpSocket } from '../../../../../src/engine/linux/tcp/tcp-socket.ts';

/** Takes so many bytes at each call, and notes them. */
function takes(...counts: number[]): { socket: TcpSocket; taken: () => string } {
  const pieces: Buffer[] = [];
  const sendNow = (bytes: Buffer, start: number, end: number): number => {
    const count = Math.min(counts.shift() ?? Infinity, end - start);
    if (count > 0) pieces.push(Buffer.from(bytes.subarray(start, start + count)));
    return count;
  };
  return {
    socket: { sendNow } as unknown as TcpSocket,
    taken: () => Buffer.concat(pieces).toString('latin1'),
  };
}

describe('KeptBytes', () => {
  it('gives back everything in order, however little is taken at a time', () => {
    const kept = new KeptBytes();
    const all: string[] = [];
    for (let i = 0; i < 60; i++) {
      const piece = Buffer.from(`<${String(i).repeat(i * 40)}>`);
      kept.add(Buffer.concat([Buffer.from('??'), piece, Buffer.from('!')]), 2, 2 + piece.length);
      all.push(piece.toString());
    }
    const text = all.join('');
    expect(kept.byteCount).toBe(text.length);
    const { socket, taken } = takes(...Array.from({ length: 40 }, (_, i) => i * 7));
    for (let i = 0; i < 45 && kept.byteCount > 0; i++) expect(kept.sendTo(socket)).toBe(0);
    expect(taken()).toBe(text);
    expect(kept.byteCount).toBe(0);
  });

  it('copies what it is given', () => {
    const kept = new KeptBytes();
    const bytes = Buffer.from('before');
    kept.add(bytes, 0, 6);
    bytes.fill('x');
    const { socket, taken } = takes();
    kept.sendTo(socket);
    expect(taken()).toBe('before');
  });

  it.each([0, 5])('sends first what is prepended to %d bytes', (count) => {
    const kept = new KeptBytes();
    kept.add(Buffer.from('later'), 0, count);
    kept.prepend(Buffer.from('first '));
    kept.add(Buffer.from(' last'), 0, 5);
    const { socket, taken } = takes(2, 3);
    while (kept.byteCount > 0) kept.sendTo(socket);
    expect(taken()).toBe(`first ${'later'.slice(0, count)} last`);
  });

  it('goes on after an error of the system', () => {
    const kept = new KeptBytes();
    kept.add(Buffer.from('abc'), 0, 3);
    const { socket, taken } = takes(1, -32);
    expect(kept.sendTo(socket)).toBe(0);
    expect(kept.sendTo(socket)).toBe(-32);
    expect(kept.byteCount).toBe(2);
    expect(taken()).toBe('a');
  });
});
