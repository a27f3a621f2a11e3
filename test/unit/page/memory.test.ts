import { describe, expect, it } from 'vitest';
import { Memory, namedBy } from '../../../page/site/memory.ts';
import { eventOf } from './site-scene.ts';

function ordered(atMs: number, previous: string, current: string): ReturnType<typeof eventOf> {
  return eventOf('serverAdminStateChanged', atMs, 'DICOM', 'S1', { previous, current, by: 'mkim' });
}

describe('what the log told of a server', () => {
  it('keeps how many sessions a drain began with, also where it is told again', () => {
    const memory = new Memory();
    memory.take(ordered(1, 'online', 'drain'), () => 96);
    memory.take(ordered(1, 'online', 'drain'));
    expect(memory.of('DICOM', 'S1').order).toEqual({ by: 'mkim', atMs: 1, previous: 'online', sessions: 96 });
  });

  it('takes a drain that ends as halt for one order, which is undone as a whole', () => {
    const memory = new Memory();
    memory.take(ordered(1, 'online', 'drain'), () => 96);
    memory.take(ordered(2, 'drain', 'halt'), () => 0);
    expect(memory.of('DICOM', 'S1').order).toEqual({ by: 'mkim', atMs: 2, previous: 'online', sessions: 96 });
  });

  it('knows nothing of others, and names people without the program that they used', () => {
    const memory = new Memory();
    memory.take(ordered(1, 'online', 'halt'));
    expect(memory.of('QUERY', 'S1')).toEqual({});
    expect(namedBy('alice (claimed by sluice drain)')).toBe('alice');
    expect(namedBy(undefined)).toBe('');
  });
});
