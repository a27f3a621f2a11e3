import { describe, expect, it } from 'vitest';
import { GivenChunk } from '../../../../../src/engine/portable/shared/given-chunk.ts';

const large = 65_536;

/** Handles one chunk. @returns how many bytes of it are left */
function handle(chunk: Buffer, handler: (given: GivenChunk) => void = () => undefined): number {
  const given = new GivenChunk();
  given.take(chunk);
  handler(given);
  given.release();
  return chunk.length;
}

describe('GivenChunk', () => {
  it('frees the memory of a large chunk that nobody kept', () => {
    for (let i = 0; i < 3; i++) expect(handle(Buffer.alloc(large))).toBe(0);
  });

  it('leaves one that was kept, and frees the next', () => {
    const given = new GivenChunk();
    const [kept, next] = [Buffer.alloc(large, 7), Buffer.alloc(large)];
    given.take(kept);
    given.keep();
    given.release();
    given.take(next);
    given.release();
    expect(kept.equals(Buffer.alloc(large, 7))).toBe(true);
    expect(next.length).toBe(0);
  });

  it('leaves a small one, and one that is a part of larger memory', () => {
    expect(handle(Buffer.alloc(100))).toBe(100);
    expect(handle(Buffer.alloc(2 * large).subarray(large))).toBe(large);
  });

  it('tells the chunk that is being handled from any other', () => {
    const chunk = Buffer.alloc(large);
    handle(chunk, (given) => {
      expect([given.is(chunk), given.is(chunk.subarray(1))]).toEqual([true, false]);
    });
    const given = new GivenChunk();
    given.take(chunk);
    given.release();
    expect(given.is(chunk)).toBe(false);
  });
});
