import type { IncomingMessage } from 'node:http';
import type { AdminCaller } from '../users/caller.ts';
import type { Gatekeeper } from '../users/gatekeeper.ts';
import { readLogInCookie } from './log-in-cookie.ts';

/** Who sent a request; undefined where nothing proves it. Where there is `Authorization`, the cookie does not count. */
export function identify(request: IncomingMessage, gatekeeper: Gatekeeper): AdminCaller | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const [, token] = /^Bearer +([\w-]{1,200})$/iu.exec(authorization) ?? [];
    return token === undefined ? undefined : gatekeeper.callerOfToken(token);
  }
  const id = readLogInCookie(request);
  return id === undefined ? undefined : gatekeeper.callerOfLogIn(id);
}
