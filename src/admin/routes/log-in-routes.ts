import { OptionsError, SluiceError } from '../../base/errors.ts';
import { openRoute, ownRoute, type AdminCall, type AdminRoute, type AdminSubject } from '../admin-route.ts';
import { clearLogInCookie, setLogInCookie } from '../http/log-in-cookie.ts';
import type { Role } from '../roles.ts';
import type { AdminCaller } from '../users/caller.ts';
import type { LogIn } from '../users/log-ins.ts';
import { passwordLength } from '../users/new-password.ts';
import { changed } from '../users/user-changes.ts';

/** What a page knows of who uses it. */
export interface LogInAnswer {
  readonly user: string;
  readonly role: Role;
  readonly mustChangePassword: boolean;
  /** What orders carry in the header `Sluice-Csrf`; undefined for a token, which needs none. */
  readonly csrf?: string;
  /** Without a further call; wall-clock time, milliseconds since 1970. */
  readonly expiresAtMs?: number;
  /** What this server has besides the first routes. */
  readonly features: readonly string[];
}

const anyText = { pattern: /^[\s\S]{1,256}$/u, expected: '1 to 256 characters' } as const;

const anyPassword = { min: 1, max: 256 } as const;

/** Routes for logging in and out. */
export const logInRoutes: readonly AdminRoute[] = [
  ownRoute({
    path: '/v1/session',
    method: 'GET',
    summary: 'Who is logged in.',
    read: () => undefined,
    answer: (subject, _input, { caller }) => describeLogIn(subject, caller),
  }),
  openRoute({
    path: '/v1/session',
    method: 'POST',
    summary: 'Logs in: sets a cookie, and tells what orders have to carry.',
    read: (reader) => ({
      user: reader.string('user', anyText),
      password: reader.secret('password', anyPassword),
    }),
    answer: async (subject, { user, password }, call) => {
      const begun = await subject.gatekeeper.logIn({ user, password, address: call.address });
      return welcome(subject, begun, call);
    },
  }),
  ownRoute({
    path: '/v1/session/end',
    method: 'POST',
    summary: 'Logs out.',
    read: () => undefined,
    answer: ({ logIns }, _input, { caller, request, response }) => {
      logIns.end(logInOf(caller));
      clearLogInCookie(request, response);
    },
  }),
  ownRoute({
    path: '/v1/session/password',
    method: 'POST',
    summary: "Changes one's own password. All other log-ins of the user end.",
    read: (reader) => ({
      oldPassword: reader.secret('oldPassword', anyPassword),
      newPassword: reader.secret('newPassword', passwordLength),
    }),
    answer: async (subject, { oldPassword, newPassword }, call) => {
      const { store, hasher, logIns, gatekeeper } = subject;
      const { user, logIn } = call.caller;
      if (store.user(user) === undefined || logIn?.role !== undefined) throw notOfTheFile();
      if (newPassword === oldPassword) throw samePassword();
      await gatekeeper.checkPassword({ user, password: oldPassword, address: call.address });
      const password = await hasher.hash(newPassword);
      await store.change(changed(user, { password, mustChangePassword: false }));
      logIns.endAllOf(user);
      return welcome(subject, logIns.begin(user), call);
    },
  }),
];

function welcome(
  subject: AdminSubject,
  { id, logIn }: { readonly id: string; readonly logIn: LogIn },
  { request, response }: AdminCall,
): LogInAnswer {
  setLogInCookie(request, response, id);
  const caller = subject.gatekeeper.callerOfLogIn(id);
  if (caller === undefined)
    throw new SluiceError('SLUICE_ERR_STATE', `'${logIn.user}' was removed meanwhile`);
  return describeLogIn(subject, caller);
}

function describeLogIn({ clock, logIns }: AdminSubject, caller: AdminCaller): LogInAnswer {
  const { user, role, mustChangePassword, logIn } = caller;
  const common = { user, role, mustChangePassword, features: [] };
  if (logIn === undefined) return common;
  const expiresAtMs = Math.floor(clock.wallMs() + logIns.leftMs(logIn));
  return { ...common, csrf: logIn.csrf, expiresAtMs };
}

function logInOf({ logIn }: AdminCaller): LogIn {
  if (logIn !== undefined) return logIn;
  throw new SluiceError('SLUICE_ERR_STATE', 'A token is not logged in; an administrator removes it');
}

function samePassword(): OptionsError {
  const expected = 'another password than before';
  return new OptionsError([{ path: 'newPassword', expected, actual: 'the same' }]);
}

function notOfTheFile(): SluiceError {
  const message = 'This password is not kept here; change it where the user comes from';
  return new SluiceError('SLUICE_ERR_STATE', message);
}
