import type { IncomingMessage, ServerResponse } from 'node:http';
import { isEncrypted } from './request-checks.ts';

/** A browser sends it to this host alone, and a script cannot read it. With TLS its name keeps others from setting it. */
export function setLogInCookie(request: IncomingMessage, response: ServerResponse, id: string): void {
  response.setHeader('Set-Cookie', `${nameOf(request)}=${id}; ${attributesOf(request)}`);
}

export function clearLogInCookie(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Set-Cookie', `${nameOf(request)}=; Max-Age=0; ${attributesOf(request)}`);
}

/** @returns undefined where there is none, or more than one: who knows whose the other is */
export function readLogInCookie(request: IncomingMessage): string | undefined {
  const start = `${nameOf(request)}=`;
  const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
  const [id, ...others] = cookies.filter((cookie) => cookie.startsWith(start));
  return id === undefined || others.length > 0 ? undefined : id.slice(start.length);
}

/** Cookies know no ports: two servers on one host have a name each. */
function nameOf(request: IncomingMessage): string {
  return `${isEncrypted(request) ? '__Host-' : ''}sluice-${request.socket.localPort ?? 0}`;
}

function attributesOf(request: IncomingMessage): string {
  return `Path=/; HttpOnly; SameSite=Strict${isEncrypted(request) ? '; Secure' : ''}`;
}
