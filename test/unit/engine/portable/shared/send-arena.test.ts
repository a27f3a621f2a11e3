import { describe, expect, it } from 'vitest';
import { largestStage, SendArena } from '../../../../../src/engine/portable/shared/send-arena.ts';

describe('SendArena', () => {
  it('copies, and uses the same place again', () => {
    const arena = new SendArena();
    const bytes = Buffer.from('abcdef');
    const first = arena.stage(bytes, 1, 4);
    bytes.fill(0);
    expect(first.toString()).toBe('bcd');
    const second = arena.stage(Buffer.from('xyz'), 0, 3);
    expect(second.byteOffset).toBe(first.byteOffset);
    expect(second.buffer).toBe(first.buffer);
  });

  it('never touches what was retained, though it is retained twice', () => {
    const arena = new SendArena();
    const kept: Buffer[] = [];
    for (let i = 0; i < 100; i++) {
      kept.push(arena.stage(Buffer.alloc(3000, i), 0, 3000));
      arena.retain();
      arena.retain();
    }
    for (const [i, copy] of kept.entries()) expect(copy.equals(Buffer.alloc(3000, i))).toBe(true);
  });

  it('takes the largest copy at any time', () => {
    const arena = new SendArena();
    const small = arena.stage(Buffer.from('small'), 0, 5);
    arena.retain();
    const large = Buffer.alloc(largestStage, 9);
    expect(arena.stage(large, 0, largestStage).equals(large)).toBe(true);
    expect(small.toString()).toBe('small');
  });
});
