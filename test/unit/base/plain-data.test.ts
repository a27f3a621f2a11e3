import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { freezePlain, isPlain, isSamePlain } from '../../../src/base/plain-data.ts';

class Live {
  readonly port = 104;
}

/** What a test has that Jest runs: objects of another `Object`. */
function foreign(): unknown {
  return runInNewContext('({ port: 104, hosts: ["a"] })') as unknown;
}

describe('plain data', () => {
  it('is what no class made', () => {
    for (const plain of [{}, { port: 104 }, foreign()]) expect(isPlain(plain)).toBe(true);
    for (const other of [new Live(), [], null, 104, new Map(), () => 1]) expect(isPlain(other)).toBe(false);
  });

  it('is the same by content, whatever `Object` it has', () => {
    expect(isSamePlain(foreign(), { port: 104, hosts: ['a'] })).toBe(true);
    expect(isSamePlain(foreign(), { port: 105, hosts: ['a'] })).toBe(false);
    expect(isSamePlain(new Live(), new Live())).toBe(false);
  });

  it('is frozen throughout, with live objects as they are', () => {
    const live = new Live();
    const frozen = freezePlain({ list: [{ port: 104 }], live });
    for (const part of [frozen, frozen.list, frozen.list[0]]) expect(Object.isFrozen(part)).toBe(true);
    expect(Object.isFrozen(live)).toBe(false);
  });
});
