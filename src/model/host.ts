import type { OptionReader } from '../base/options.ts';
import { IpAddress, isIpAddress } from './address.ts';

/** The rule has no underscores, but names in the field have them. */
const label = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;
/** A host that ends like this is meant as an address: RFC 1123 §2.1, and the URL standard's "ends in a number". */
const number = /^(?:\d+|0[xX][0-9A-Fa-f]*)$/;
const expected = 'an IP address or a host name';

/** Reads where a server is. A problem also says what is wrong where that can be guessed. */
export function readHost(reader: OptionReader, key: string): string {
  const host: unknown = reader.string(key, { expected });
  // A value that is no text is undefined here, and already reported.
  if (typeof host !== 'string') return '';
  if (!isHost(host)) reader.problem(key, expected + hintFor(host));
  return host;
}

/** Reads at which address of this machine something listens. */
export function readOwnHost(reader: OptionReader, key: string, rule: { readonly default: string }): string {
  const host = reader.string(key, rule);
  // A value that is no text is reported already.
  if (typeof host === 'string' && !isIpAddress(host)) reader.problem(key, 'an IP address of this machine');
  return host;
}

/** One text for all spellings of a host, as far as that shows without a name service. An IPv4 address has one. */
export function hostKey(host: string): string {
  const address = host.includes(':') ? IpAddress.parse(host)?.toString() : undefined;
  return address ?? withoutRoot(host).toLowerCase();
}

/** Do two options mean the same host? */
export function isSameHost(a: string, b: string): boolean {
  return hostKey(a) === hostKey(b);
}

/** Is there an address that listeners on both of these have? One on all addresses has every one. */
export function haveAddressInCommon(a: string, b: string): boolean {
  const isAny = (host: string): boolean => IpAddress.parse(host)?.isUnspecified === true;
  return isSameHost(a, b) || isAny(a) || isAny(b);
}

/** Would a client that connects to this host meet a listener on that address, as far as it shows without the system? */
export function isServedBy(address: string, host: string): boolean {
  const [listener, asked] = [
    IpAddress.parse(address),
    IpAddress.parse(host === 'localhost' ? '127.0.0.1' : host),
  ];
  if (listener === undefined || asked === undefined) return false;
  return listener.equals(asked) || (listener.isUnspecified && asked.isLoopback);
}

function isHost(text: string): boolean {
  if (isIpAddress(text)) return true;
  const labels = withoutRoot(text).split('.');
  return text.length <= 253 && labels.every((part) => label.test(part)) && !number.test(labels.at(-1) ?? '');
}

function withoutRoot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

function hintFor(text: string): string {
  if (text.includes('/')) return ', without a scheme or path';
  if (text.startsWith('[')) return ', without brackets; the port goes into `port`';
  if (/^[^:]*:\d*$/u.test(text)) return ' without a port; the port goes into `port`';
  if (/^[\d.]+$/u.test(text)) return '; an IPv4 address has four numbers from 0 to 255';
  return '';
}
