import { scrypt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseHash, PasswordHasher } from '../../../src/admin/users/password-hasher.ts';
import { cheapHash } from '../../integration/admin/admin-scene.ts';

const hasher = new PasswordHasher();

describe('a hash', () => {
  it('is a PHC string of its password alone', async () => {
    const hash = await hasher.hash('correct horse');
    expect(hash).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$[\w+/]{22}\$[\w+/]{43}$/u);
    expect(await hasher.isRight('correct horse', hash)).toBe(true);
    expect(await hasher.isRight('correct hors', hash)).toBe(false);
    expect(await hasher.hash('correct horse')).not.toBe(hash);
  });

  it('is the same for all ways to type the same letters', async () => {
    expect(await hasher.isRight('Pa\u0308sse', cheapHash('P\u00e4sse'))).toBe(true);
  });

  it.each([
    ['$scrypt$ln=30,r=8,p=1$c2FsdHNhbHRzYWx0$c2FsdHNhbHRzYWx0c2FsdHNhbHQ', 'all memory'],
    ['$scrypt$ln=10,r=99,p=1$c2FsdHNhbHRzYWx0$c2FsdHNhbHRzYWx0c2FsdHNhbHQ', 'all memory'],
    ['$scrypt$ln=0,r=8,p=1$c2FsdHNhbHRzYWx0$c2FsdHNhbHRzYWx0c2FsdHNhbHQ', 'nothing'],
    ['$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA', 'something else'],
    ['', 'no hash'],
  ])('%s is none (%s)', (text) => {
    expect(parseHash(text)).toBeUndefined();
  });

  it('costs the same where there is no user', async () => {
    const asked: unknown[] = [];
    const counting = new PasswordHasher(((password, salt, length, options, done) => {
      asked.push([password, length, options]);
      scrypt(password, salt, length, options, done);
    }) as typeof scrypt);
    const hash = await hasher.hash('correct horse');
    for (const text of [hash, undefined]) expect(await counting.isRight('another', text)).toBe(false);
    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual(asked[0]);
  });

  it('is refused where too many wait', async () => {
    const text = cheapHash('correct horse');
    const all = await Promise.allSettled(Array.from({ length: 30 }, () => hasher.isRight('x', text)));
    const refused = all.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(8);
    expect(refused[0]).toMatchObject({ reason: { status: 429, headers: { 'Retry-After': '5' } } });
  });
});
