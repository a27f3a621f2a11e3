import { SluiceError } from '../../base/errors.ts';
import type { Token, User, UserFile } from './user-file.ts';

/** A change of the users file. */
type Change = (file: UserFile) => UserFile;

const maxUsers = 1000;
const maxTokens = 1000;

/** Changes a user who is there. */
export function changed(name: string, changes: Partial<Omit<User, 'name'>>): Change {
  return (file) => {
    requireOne(file.users, name, 'user');
    const users = file.users.map((user) => (user.name === name ? { ...user, ...changes } : user));
    return checked({ ...file, users });
  };
}

export function withUser(user: User): Change {
  return (file) => {
    requireRoom(file.users, maxUsers, user.name, 'user');
    return { ...file, users: [...file.users, user] };
  };
}

export function withoutUser(name: string): Change {
  return (file) => {
    requireOne(file.users, name, 'user');
    return checked({ ...file, users: file.users.filter((user) => user.name !== name) });
  };
}

/** @param nowMs those that have expired before are removed */
export function withToken(token: Token, nowMs: number): Change {
  return (file) => {
    const tokens = file.tokens.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
    requireRoom(tokens, maxTokens, token.name, 'token');
    return { ...file, tokens: [...tokens, token] };
  };
}

export function withoutToken(name: string): Change {
  return (file) => {
    requireOne(file.tokens, name, 'token');
    return { ...file, tokens: file.tokens.filter((token) => token.name !== name) };
  };
}

/** Somebody must be able to undo it. */
function checked(file: UserFile): UserFile {
  if (file.users.some(({ role }) => role === 'admin')) return file;
  throw new SluiceError(
    'SLUICE_ERR_STATE',
    "The last user with the role 'admin' stays; give it to another one first",
  );
}

function requireOne(named: readonly { readonly name: string }[], name: string, what: string): void {
  if (named.some((each) => each.name === name)) return;
  const known = named.map((each) => each.name).join(', ');
  throw new SluiceError('SLUICE_ERR_NOT_FOUND', `No ${what} '${name}'; known ${what}s: ${known}`);
}

function requireRoom(
  named: readonly { readonly name: string }[],
  max: number,
  name: string,
  what: string,
): void {
  if (named.some((each) => each.name === name))
    throw new SluiceError('SLUICE_ERR_STATE', `There is a ${what} '${name}' already`);
  if (named.length >= max) throw new SluiceError('SLUICE_ERR_LIMIT', `There are ${max} ${what}s already`);
}
