import { OptionReader } from '../../base/options.ts';
import { roles, type Role } from '../roles.ts';
import { parseHash } from './password-hasher.ts';

/** A user of the users file. */
export interface User {
  readonly name: string;
  readonly role: Role;
  /** A PHC string. */
  readonly password: string;
  /** Nothing else is answered before. */
  readonly mustChangePassword: boolean;
}

/** What a script proves itself by. */
export interface Token {
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of it. Tokens are random enough for a fast hash. */
  readonly hash: string;
  /** Wall-clock times, milliseconds since 1970. */
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** Who made it. */
  readonly by: string;
}

/** All of the users file. */
export interface UserFile {
  readonly users: readonly User[];
  readonly tokens: readonly Token[];
}

/** What users and tokens may be called: it stands in logs as it is. */
export const userName = {
  pattern: /^[\p{L}\p{N}@._-]{1,58}$/u,
  expected: '1 to 58 letters, digits, `@`, `.`, `_` or `-`',
} as const;

const time = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

/** @throws OptionsError with every problem; no message quotes a hash */
export function readUserFile(text: string): UserFile {
  const reader = new OptionReader('users.json', parseJson(text));
  const users = reader.list('users', { isRequired: true }, (elements, index) =>
    readUser(elements.child(index)),
  );
  const tokens = reader.list('tokens', {}, (elements, index) => readToken(elements.child(index)));
  reportTwice(reader, 'users', users);
  reportTwice(reader, 'tokens', tokens);
  reader.finish();
  return { users, tokens };
}

function readUser(reader: OptionReader): User {
  const password: unknown = reader.raw('password');
  const isHash = typeof password === 'string' && parseHash(password) !== undefined;
  if (!isHash)
    reader.problem('password', 'a PHC string of scrypt, `$scrypt$ln=17,r=8,p=1$…`', 'something else');
  const user = {
    name: reader.string('name', userName),
    role: reader.oneOf('role', roles),
    password: String(password),
    mustChangePassword: reader.boolean('mustChangePassword', { default: false }),
  };
  reader.refuseUnknownKeys();
  return user;
}

function readToken(reader: OptionReader): Token {
  const hash: unknown = reader.raw('hash');
  const isHash = typeof hash === 'string' && /^[0-9a-f]{64}$/u.test(hash);
  if (!isHash) reader.problem('hash', 'SHA-256 in hexadecimal digits', 'something else');
  const token = {
    name: reader.string('name', userName),
    role: reader.oneOf('role', roles),
    hash: String(hash),
    createdAtMs: reader.integer('createdAtMs', time),
    expiresAtMs: reader.integer('expiresAtMs', time),
    by: reader.string('by', userName),
  };
  reader.refuseUnknownKeys();
  return token;
}

function reportTwice(reader: OptionReader, key: string, named: readonly { readonly name: string }[]): void {
  const names = named.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) reader.problem(key, 'each name once', `'${twice}' again`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
