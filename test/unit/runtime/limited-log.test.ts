import { describe, expect, it } from 'vitest';
import { LimitedLog } from '../../../src/runtime/limited-log.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';

describe('a limited log', () => {
  it('has one line for each condition and ten seconds', async () => {
    const clock = new VirtualClock();
    const lines: string[] = [];
    const log = new LimitedLog({
      clock,
      random: () => 0,
      log: (level, message) => void lines.push(`${level} ${message}`),
    });
    const tell = (): void => {
      log.tell('a', 'warn', 'one');
      log.tell('b', 'error', 'two');
    };
    for (let i = 0; i < 100; i++) tell();
    expect(lines).toEqual(['warn one', 'error two']);
    await clock.advance(9_999);
    tell();
    expect(lines).toHaveLength(2);
    await clock.advance(1);
    tell();
    expect(lines).toHaveLength(4);
  });
});
