import type { IncomingHttpHeaders } from 'node:http';
import { isPlain } from '../base/plain-data.ts';
import type { OrderEntry } from '../records/log-entry.ts';

/** The header in which a caller says which user it is, as a URI component (RFC 3986). */
export const userHeader = 'sluice-user';

/** What is told of either at most, in characters. */
const maxLength = 40;

/**
 * Who gives an order over the control socket, for events and logs: `alice (claimed by sluice drain)`. It is the caller's word:
 * Node.js does not tell whose process is at the other end of a Unix socket. Only root and the balancer's user may
 * open the socket, and those could say anything anyhow.
 */
export function describeCaller(headers: IncomingHttpHeaders): string {
  const user = cleaned(decoded(headers[userHeader]), /[^\p{L}\p{N}@._-]/gu);
  const program = cleaned(headers['user-agent'], /[^\w ./-]/gu);
  return `${user || 'somebody'} (claimed by ${program || 'an unknown program'})`;
}

/** What a log or a terminal might obey is no part of a name. */
function cleaned(text: unknown, foreign: RegExp): string {
  return typeof text === 'string' ? text.slice(0, maxLength).replaceAll(foreign, '_').trim() : '';
}

function decoded(text: unknown): unknown {
  try {
    return typeof text === 'string' ? decodeURIComponent(text) : undefined;
  } catch {
    return text;
  }
}

/**
 * An order that a caller gave, for logs: which, for which service and server, and by whom.
 *
 * @param path of its route: `/v1/servers/remove`
 * @param input of its route. Of a configuration nothing is told
 */
export function describeOrder(path: string, by: string, input: unknown): Omit<OrderEntry, 'kind' | 'atMs'> {
  const order = path.replace(/^\/v\d+\//u, '');
  const { service, server } = Object(input) as Readonly<Record<'service' | 'server', unknown>>;
  const serverName = isPlain(server) ? server['name'] : server;
  const subject = {
    ...(typeof service === 'string' ? { service } : {}),
    ...(typeof serverName === 'string' ? { server: serverName } : {}),
  };
  const words = [order, subject.server, subject.service && `in ${subject.service}`].filter(Boolean);
  return { order, by, ...subject, message: `order ${words.join(' ')}, by ${by}` };
}
