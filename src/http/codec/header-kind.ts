import { caseless, equalsIgnoringCase } from './caseless.ts';

/** The header fields that a proxy must understand; everything else is `other` and forwarded as it is. */
export const headerKind = {
  other: 0,
  host: 1,
  cookie: 2,
  connection: 3,
  contentLength: 4,
  transferEncoding: 5,
  expect: 6,
  upgrade: 7,
  /** Hop-by-hop by definition: never forwarded. */
  hopByHop: 8,
  /** What a client says about where it comes from. */
  forwarded: 9,
  /** One of those, or a framing header, spelt with `_`, which CGI-like servers take for `-`: never forwarded. */
  alias: 10,
  /** Credentials of a client. */
  authorization: 11,
  /** Named by the `Connection` header: for this hop only. Never the result of {@link headerKindOf}. */
  nominated: 12,
  setCookie: 13,
  maxForwards: 14,
  /** What credentials a server asks for. */
  challenge: 15,
  /** Of a trace that is not the request's: see `leaveOutTrace`. Never the result of {@link headerKindOf}. */
  otherTrace: 16,
} as const;

export type HeaderKind = (typeof headerKind)[keyof typeof headerKind];

interface KnownName {
  readonly kind: HeaderKind;
  /** As {@link equalsIgnoringCase} wants it. */
  readonly bytes: Uint8Array;
}

/**
 * Where a request comes from, and what it was before a proxy changed it: servers and frameworks believe this. All
 * that begin with {@link forwardedPrefix} count, too.
 */
const forwardedNames = [
  ...['forwarded', 'forwarded-for', 'x-forwarded', 'front-end-https'],
  ...['x-real-ip', 'x-client-ip', 'true-client-ip', 'x-cluster-client-ip', 'x-remote-ip', 'x-remote-addr'],
  ...['x-originating-ip', 'x-proxyuser-ip', 'cf-connecting-ip', 'fastly-client-ip'],
  ...[
    'x-original-for',
    'x-original-forwarded-for',
    'x-original-host',
    'x-original-proto',
    'x-original-prefix',
  ],
  ...['x-original-method', 'x-original-remote-addr', 'x-original-uri', 'x-original-url', 'x-rewrite-url'],
];
const forwardedPrefix = caseless('x-forwarded-');
const hyphen = 0x2d;
const underscore = 0x5f;
/** The first letter of the prefix, lowered. */
const letterX = 0x78;

/** Known names by {@link slotOf} them. */
const knownNames = namesBySlot([
  ['host', headerKind.host],
  ['cookie', headerKind.cookie],
  ['connection', headerKind.connection],
  ['content-length', headerKind.contentLength],
  ['transfer-encoding', headerKind.transferEncoding],
  ['expect', headerKind.expect],
  ['upgrade', headerKind.upgrade],
  ['te', headerKind.hopByHop],
  ['trailer', headerKind.hopByHop],
  ['keep-alive', headerKind.hopByHop],
  ['proxy-connection', headerKind.hopByHop],
  ['http2-settings', headerKind.hopByHop],
  ['authorization', headerKind.authorization],
  ['set-cookie', headerKind.setCookie],
  ['max-forwards', headerKind.maxForwards],
  ['proxy-authorization', headerKind.authorization],
  ['www-authenticate', headerKind.challenge],
  ['proxy-authenticate', headerKind.challenge],
  ...forwardedNames.map((name) => [name, headerKind.forwarded] as const),
  ...[...forwardedNames, 'content-length', 'transfer-encoding']
    .flatMap(underscored)
    .map((name) => [name, headerKind.alias] as const),
]);

/** The kind of the header that bytes `start` to `end`, all of them token bytes, name. Hot path. */
export function headerKindOf(bytes: Buffer, start: number, end: number): HeaderKind {
  const first = bytes[start] ?? 0;
  const candidates = knownNames[slotOf(end - start, first)];
  if (candidates !== undefined) {
    for (const candidate of candidates) {
      if (equalsIgnoringCase(bytes, start, end, candidate.bytes)) return candidate.kind;
    }
  }
  return (first | 0x20) === letterX ? prefixedKindOf(bytes, start, end) : headerKind.other;
}

/** The kind of a header by how its name begins: {@link forwardedPrefix}, or an alias of it. Hot path. */
function prefixedKindOf(bytes: Buffer, start: number, end: number): HeaderKind {
  const prefixEnd = start + forwardedPrefix.length;
  if (end <= prefixEnd) return headerKind.other;
  let isAlias = false;
  for (let position = start; position < end; position++) {
    const value = bytes[position] ?? 0;
    const isUnderscore = value === underscore;
    isAlias ||= isUnderscore;
    const expected = forwardedPrefix[position - start];
    if (position < prefixEnd && (isUnderscore ? hyphen : value | 0x20) !== expected) return headerKind.other;
  }
  return isAlias ? headerKind.alias : headerKind.forwarded;
}

/** One number for the length and the first letter of a name: two known names rarely share one. */
function slotOf(length: number, firstByte: number): number {
  return (length << 5) | (firstByte & 0x1f);
}

/** Every spelling of `name` with `_` for one or more of its hyphens. */
function underscored(name: string): string[] {
  const [first = '', ...rest] = name.split('-');
  const spellings = rest.reduce(
    (begun, part) => begun.flatMap((beginning) => [`${beginning}-${part}`, `${beginning}_${part}`]),
    [first],
  );
  return spellings.filter((spelling) => spelling !== name);
}

function namesBySlot(names: readonly (readonly [string, HeaderKind])[]): (KnownName[] | undefined)[] {
  const longest = Math.max(...names.map(([name]) => name.length));
  const bySlot = new Array<KnownName[] | undefined>((longest + 1) << 5).fill(undefined);
  for (const [name, kind] of names) {
    const slot = slotOf(name.length, name.charCodeAt(0));
    bySlot[slot] = [...(bySlot[slot] ?? []), { kind, bytes: caseless(name) }];
  }
  return bySlot;
}
