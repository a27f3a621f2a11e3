import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { IpAddress } from '../../model/address.ts';
import { hostKey } from '../../model/host.ts';
import { forbidden, Refusal } from '../refusal.ts';

/** The header in which a page sends back what it was told with its log-in. */
const csrfHeader = 'sluice-csrf';

/** Does the connection carry TLS? */
export function isEncrypted({ socket }: IncomingMessage): boolean {
  return 'encrypted' in socket && socket.encrypted === true;
}

/** The IP address that a request comes from. Headers of proxies are not believed. */
export function addressOf({ socket: { remoteAddress = '' } }: IncomingMessage): string {
  return IpAddress.parse(remoteAddress)?.toString() ?? remoteAddress;
}

/**
 * Somebody else's name may lead a browser here (DNS rebinding): only the address that was called, `localhost` on loopback and
 * known names are answered.
 *
 * @param known keys of hosts
 * @throws Refusal
 */
export function checkHost(request: IncomingMessage, known: ReadonlySet<string>): void {
  const count = request.rawHeaders.filter((name, index) => index % 2 === 0 && /^host$/iu.test(name)).length;
  const host = hostOf(request.headers.host ?? '');
  const local = IpAddress.parse(request.socket.localAddress ?? '');
  const asked = IpAddress.parse(host);
  const isOwn =
    asked === undefined ? host === 'localhost' && local?.isLoopback === true : local?.equals(asked) === true;
  if (count === 1 && host !== '' && (isOwn || known.has(hostKey(host)))) return;
  const message = 'This name is not one of this server; an administrator may add it to `admin.hosts`';
  throw new Refusal(421, 'SLUICE_ERR_FORBIDDEN', message);
}

/** The host of `Host`, without port and brackets; empty where it is none. */
function hostOf(text: string): string {
  const [, six, name = ''] = /^(?:\[([0-9A-Fa-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/u.exec(text) ?? [];
  return six ?? name;
}

/**
 * Other sites must not ask in the name of a user. Programs that are no browsers send neither header.
 *
 * @throws Refusal
 */
export function checkSite(request: IncomingMessage): void {
  const { origin, host = '', 'sec-fetch-site': site } = request.headers;
  const isForeignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  if (isForeignSite || (origin !== undefined && !isOriginOf(origin, host)))
    throw forbidden('Another site may not ask for this');
}

/** Schemes may differ: a gateway may end TLS in front of its server. */
function isOriginOf(origin: string, host: string): boolean {
  if (!/^https?:\/\/[^/?#@]+$/u.test(origin) || !URL.canParse(origin)) return false;
  const scheme = origin.slice(0, origin.indexOf(':'));
  const own = `${scheme}://${host}`;
  return URL.canParse(own) && new URL(origin).host === new URL(own).host;
}

/** An order by a log-in carries what only the page knows. @throws Refusal */
export function checkCsrf(request: IncomingMessage, csrf: string): void {
  const given = request.headers[csrfHeader];
  const [own, other] = [Buffer.from(csrf), Buffer.from(typeof given === 'string' ? given : '')];
  if (own.length === other.length && timingSafeEqual(own, other)) return;
  throw forbidden(`An order needs the header Sluice-Csrf, as GET v1/session tells it`);
}

/** What ends where nobody can say is no request: two servers in a row may see two. @throws Refusal */
export function checkEncoding({ headers }: IncomingMessage): void {
  const encoding = headers['transfer-encoding'];
  if (encoding === undefined || encoding.toLowerCase() === 'chunked') return;
  throw new Refusal(400, 'SLUICE_ERR_OPTIONS', 'A body is sent as it is, or chunked', {
    Connection: 'close',
  });
}

/** Forms of other sites cannot send JSON. @throws Refusal */
export function checkContentType(request: IncomingMessage): void {
  const { 'content-type': type = '', 'content-length': length = '0' } = request.headers;
  const hasBody = request.headers['transfer-encoding'] !== undefined || Number(length) !== 0;
  const [essence = ''] = type.split(';');
  if (!hasBody || essence.trim().toLowerCase() === 'application/json') return;
  throw new Refusal(415, 'SLUICE_ERR_OPTIONS', 'The body must be of type application/json');
}
