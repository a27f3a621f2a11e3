import { byte, isHostByte, isIpv6Byte } from './byte-class.ts';
import { readDecimal } from './decimal.ts';
import { find, skip } from './scan.ts';

/**
 * True where bytes `start` to `end` are a host name or address with an optional port, as a `Host` header or
 * the authority of an absolute target holds it. Narrower than `uri-host`: only characters that every server
 * reads alike. Hot path.
 */
export function isHostAndPort(bytes: Buffer, start: number, end: number): boolean {
  const isAddress = start < end && bytes[start] === byte.openBracket;
  const hostEnd = isAddress ? afterBrackets(bytes, start, end) : skip(bytes, start, end, isHostByte);
  if (hostEnd === start) return false;
  return hostEnd === end || (bytes[hostEnd] === byte.colon && isPort(bytes, hostEnd + 1, end));
}

/** The position after `[address]`, or `start` where it is none. */
function afterBrackets(bytes: Buffer, start: number, end: number): number {
  const addressEnd = skip(bytes, start + 1, end, isIpv6Byte);
  const isClosed = addressEnd < end && bytes[addressEnd] === byte.closeBracket;
  return isClosed && hasTwoColons(bytes, start + 1, addressEnd) ? addressEnd + 1 : start;
}

function hasTwoColons(bytes: Buffer, start: number, end: number): boolean {
  const first = find(bytes, start, end, byte.colon);
  return find(bytes, first + 1, end, byte.colon) < end;
}

/** Nothing at all is a port too: `host:` (RFC 3986, section 3.2.3). */
function isPort(bytes: Buffer, start: number, end: number): boolean {
  if (start === end) return true;
  const port = readDecimal(bytes, start, end);
  return port >= 0 && port <= 65_535;
}
