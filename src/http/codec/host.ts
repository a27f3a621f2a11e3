import { byte, isHostByte, isIpv6Byte } from './byte-class.ts';
import { equalsEitherCase } from './caseless.ts';
import { readDecimal } from './decimal.ts';
import { find, skip } from './scan.ts';

/**
 * True where bytes `start` to `end` are a host name or address with an optional port, as a `Host` header or
 * the authority of an absolute target holds it. Narrower than `uri-host`: only characters that every server
 * reads alike. Hot path.
 */
export function isHostAndPort(bytes: Buffer, start: number, end: number): boolean {
  const hostEnd = endOfHost(bytes, start, end);
  if (hostEnd === start) return false;
  return hostEnd === end || (bytes[hostEnd] === byte.colon && isPort(bytes, hostEnd + 1, end));
}

/**
 * True where bytes `start` to `end` name the same host and port as bytes `other` to `otherEnd`, which are known to be
 * valid: letters in any case, and the default port written or not (RFC 9110, section 4.2.3). Hot path.
 */
export function isSameAuthority(
  bytes: Buffer,
  start: number,
  end: number,
  other: number,
  otherEnd: number,
  defaultPort: number,
): boolean {
  if (equalsEitherCase(bytes, start, end, other, otherEnd)) return true;
  if (!isHostAndPort(bytes, start, end)) return false;
  const hostEnd = endOfHost(bytes, start, end);
  const otherHostEnd = endOfHost(bytes, other, otherEnd);
  return (
    equalsEitherCase(bytes, start, hostEnd, other, otherHostEnd) &&
    portAt(bytes, hostEnd, end, defaultPort) === portAt(bytes, otherHostEnd, otherEnd, defaultPort)
  );
}

/** The position after the host that begins at `start`; `start` itself where there is none. */
function endOfHost(bytes: Buffer, start: number, end: number): number {
  const isAddress = start < end && bytes[start] === byte.openBracket;
  return isAddress ? afterBrackets(bytes, start, end) : skip(bytes, start, end, isHostByte);
}

/** The port after the colon at `colon`, if there is one. */
function portAt(bytes: Buffer, colon: number, end: number, defaultPort: number): number {
  return colon + 1 < end ? readDecimal(bytes, colon + 1, end) : defaultPort;
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
