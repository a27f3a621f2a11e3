import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BufferStock } from '../../../src/http/buffer-stock.ts';
import { HeldBytes } from '../../../src/http/held-bytes.ts';

describe('held bytes', () => {
  it('are a queue of any length', () => {
    const step = fc.oneof(
      fc.record({ hold: fc.string({ maxLength: 100, unit: 'binary-ascii' }) }),
      fc.record({ release: fc.nat(100) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const held = new HeldBytes(new BufferStock(64));
        let model = '';
        for (const action of steps) {
          if ('hold' in action) {
            const bytes = Buffer.from(`<${action.hold}`, 'latin1');
            held.hold(bytes, 1, bytes.length);
            model += action.hold;
          } else {
            const count = Math.min(action.release, model.length);
            held.release(held.start + count);
            model = model.slice(count);
          }
          expect(held.size).toBe(model.length);
          expect(held.bytes.toString('latin1', held.start, held.end)).toBe(model);
        }
      }),
    );
  });

  it('take no memory while there are none, and give it back for reuse', () => {
    const stock = new BufferStock(64);
    const held = new HeldBytes(stock);
    expect(held.bytes).toHaveLength(0);
    held.hold(Buffer.from('abc'), 0, 3);
    const memory = held.bytes;
    held.release(held.end);
    expect(held.bytes).toHaveLength(0);
    expect(stock.take(10)).toBe(memory);
    expect(stock.take(10)).not.toBe(memory);
  });
});
