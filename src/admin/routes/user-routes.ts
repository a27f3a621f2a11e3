import { randomBytes } from 'node:crypto';
import { SluiceError } from '../../base/errors.ts';
import { ownRoute, type AdminRoute } from '../admin-route.ts';
import { roles } from '../roles.ts';
import { generatePassword, passwordLength } from '../users/new-password.ts';
import { changed, withoutToken, withoutUser, withToken, withUser } from '../users/user-changes.ts';
import { userName } from '../users/user-file.ts';
import { hashOfToken } from '../users/user-store.ts';

const dayMs = 24 * 60 * 60_000;

/** How long a token lasts. */
const tokenTime = { min: 60_000, max: 3 * 365 * dayMs, default: 90 * dayMs } as const;

/** Routes to users and tokens. No answer has a password or a hash, but for what is generated, once. */
export const userRoutes: readonly AdminRoute[] = [
  ownRoute({
    path: '/v1/users',
    method: 'GET',
    summary: 'All users and their roles.',
    read: () => undefined,
    answer: ({ store }) =>
      store.users.map(({ name, role, mustChangePassword }) => ({ name, role, mustChangePassword })),
  }),
  ownRoute({
    path: '/v1/users/set',
    method: 'POST',
    summary:
      'Adds a user, or changes one: the role, or the password. A password is generated where a new user has none, and told once. The user has to change it.',
    read: (reader) => ({
      name: reader.string('name', userName),
      role: reader.oneOf('role', roles, { default: undefined }),
      password: reader.secret('password', { ...passwordLength, default: undefined }),
    }),
    answer: async ({ store, hasher, logIns }, { name, role, password }) => {
      const isNew = store.user(name) === undefined;
      if (isNew && role === undefined)
        throw new SluiceError('SLUICE_ERR_NOT_FOUND', `No user '${name}'; a new one needs a role`);
      const generated = isNew && password === undefined ? generatePassword() : undefined;
      const chosen = password ?? generated;
      const secret =
        chosen === undefined ? {} : { password: await hasher.hash(chosen), mustChangePassword: true };
      if (isNew)
        await store.change(
          withUser({ name, role: role ?? 'viewer', password: '', mustChangePassword: true, ...secret }),
        );
      else await store.change(changed(name, { ...(role === undefined ? {} : { role }), ...secret }));
      // Those who knew the old password are out.
      if (chosen !== undefined) logIns.endAllOf(name);
      return generated === undefined ? {} : { password: generated };
    },
  }),
  ownRoute({
    path: '/v1/users/remove',
    method: 'POST',
    summary: 'Removes a user, whose log-ins end. Tokens stay.',
    read: (reader) => ({ name: reader.string('name', userName) }),
    answer: async ({ store, logIns }, { name }) => {
      await store.change(withoutUser(name));
      logIns.endAllOf(name);
    },
  }),
  ownRoute({
    path: '/v1/tokens',
    method: 'GET',
    summary: 'All tokens: roles, who made them and until when they last.',
    read: () => undefined,
    answer: ({ store }) =>
      store.tokens.map(({ name, role, createdAtMs, expiresAtMs, by }) => ({
        name,
        role,
        createdAtMs,
        expiresAtMs,
        by,
      })),
  }),
  ownRoute({
    path: '/v1/tokens/add',
    method: 'POST',
    summary: 'Makes a token for scripts, which send it as `Authorization: Bearer …`. It is told once.',
    read: (reader) => ({
      name: reader.string('name', userName),
      role: reader.oneOf('role', roles),
      validForMs: reader.integer('validForMs', tokenTime),
    }),
    answer: async ({ store, clock }, { name, role, validForMs }, { caller }) => {
      const token = `sluice_${randomBytes(32).toString('base64url')}`;
      const hash = hashOfToken(token);
      const createdAtMs = Math.floor(clock.wallMs());
      const expiresAtMs = createdAtMs + validForMs;
      const kept = { name, role, hash, createdAtMs, expiresAtMs, by: caller.by.slice(0, 58) };
      await store.change(withToken(kept, createdAtMs));
      return { token, name, role, expiresAtMs };
    },
  }),
  ownRoute({
    path: '/v1/tokens/remove',
    method: 'POST',
    summary: 'Removes a token, which proves nothing from now on.',
    read: (reader) => ({ name: reader.string('name', userName) }),
    answer: ({ store }, { name }) => store.change(withoutToken(name)),
  }),
];
