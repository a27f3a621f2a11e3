import { describe, expect, it } from 'vitest';
import {
  changed,
  withoutToken,
  withoutUser,
  withToken,
  withUser,
} from '../../../src/admin/users/user-changes.ts';
import { readUserFile, type Token, type User, type UserFile } from '../../../src/admin/users/user-file.ts';
import { cheapHash, someUsers } from '../../integration/admin/admin-scene.ts';

const password = cheapHash('x');

function user(name: string, role: User['role'] = 'viewer'): User {
  return { name, role, password, mustChangePassword: false };
}

function token(name: string, expiresAtMs = 2000): Token {
  return { name, role: 'viewer', hash: '0'.repeat(64), createdAtMs: 0, expiresAtMs, by: 'root' };
}

const file: UserFile = { users: [user('root', 'admin'), user('bob')], tokens: [token('ci')] };
const names = ({ users, tokens }: UserFile): readonly string[] =>
  [...users, ...tokens].map(({ name }) => name);

describe('a change of users', () => {
  it('adds, changes and removes one, and leaves the file that it is given as it is', () => {
    const before = JSON.stringify(file);
    expect(names(withUser(user('carol'))(file))).toEqual(['root', 'bob', 'carol', 'ci']);
    expect(changed('bob', { role: 'operator' })(file).users[1]).toEqual(user('bob', 'operator'));
    expect(names(withoutUser('bob')(file))).toEqual(['root', 'ci']);
    expect(names(withToken(token('cd'), 1000)(file))).toEqual(['root', 'bob', 'ci', 'cd']);
    expect(names(withoutToken('ci')(file))).toEqual(['root', 'bob']);
    expect(JSON.stringify(file)).toBe(before);
  });

  it.each([
    ['a name that is there', withUser(user('bob')), 'already'],
    ['a token that is there', withToken(token('ci'), 1000), 'already'],
    ['nobody', withoutUser('dave'), 'known users: root, bob'],
    ['no token', withoutToken('cd'), 'known tokens: ci'],
    ['the last administrator', withoutUser('root'), 'The last user'],
    ['the role of the last administrator', changed('root', { role: 'operator' }), 'The last user'],
  ])('refuses %s', (_, change, message) => {
    expect(() => change(file)).toThrow(message);
  });

  it('forgets tokens that have expired', () => {
    expect(names(withToken(token('ci', 9000), 2000)(file))).toEqual(['root', 'bob', 'ci']);
  });

  it('keeps a thousand, and no more', () => {
    const users = Array.from({ length: 1000 }, (_, index) => user(`u${index}`, 'admin'));
    const tokens = Array.from({ length: 1000 }, (_, index) => token(`t${index}`));
    expect(() => withUser(user('one'))({ users, tokens })).toThrow('1000');
    expect(() => withToken(token('one'), 1000)({ users, tokens })).toThrow('1000');
  });
});

describe('the text of a users file', () => {
  it('is read whole', () => {
    expect(readUserFile(JSON.stringify(file))).toEqual(file);
    expect(readUserFile(JSON.stringify(someUsers())).users).toHaveLength(3);
  });

  it.each([
    ['{', ['users.json']],
    ['[]', ['users.json']],
    ['{}', ['users.json.users']],
    [JSON.stringify({ users: [user('a'), user('a')] }), ['users.json.users']],
    [JSON.stringify({ users: [{ ...user('a'), role: 'root' }] }), ['users.json.users[0].role']],
    [JSON.stringify({ users: [{ ...user('a b') }] }), ['users.json.users[0].name']],
    [JSON.stringify({ users: [{ ...user('a'), __proto__x: 1 }] }), ['users.json.users[0]']],
    [JSON.stringify({ users: [], tokens: [{ ...token('a'), hash: 'x' }] }), ['users.json.tokens[0].hash']],
  ])('is refused: %s', (text, paths) => {
    let problems: readonly { readonly path: string }[] = [];
    try {
      readUserFile(text);
    } catch (error) {
      ({ problems } = error as { readonly problems: typeof problems });
    }
    expect(problems.map(({ path }) => path)).toEqual(paths);
  });
});
