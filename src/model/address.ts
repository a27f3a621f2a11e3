/**
 * An IP address as four 32-bit words, so that keys, hashes and prefixes need no strings.
 *
 * IPv4 lives in its IPv4-mapped place (`::ffff:a.b.c.d`), so both spellings of one client are one address. Zone
 * identifiers (`%eth0`) are dropped. An engine reuses the instances that it hands to a callback: `copy()` what must
 * outlive the call.
 */
export class IpAddress {
  w0 = 0;
  w1 = 0;
  w2 = 0;
  w3 = 0;
  #text: string | undefined = undefined;

  /** Parses a textual address. @returns undefined where the text is none. */
  static parse(text: string): IpAddress | undefined {
    const address = new IpAddress();
    return address.setText(text) ? address : undefined;
  }

  get isV4(): boolean {
    return this.w0 === 0 && this.w1 === 0 && this.w2 === 0xffff;
  }

  /** `0.0.0.0` or `::`, which stands for all addresses of a machine. */
  get isUnspecified(): boolean {
    return this.w3 === 0 && this.w0 === 0 && this.w1 === 0 && (this.w2 === 0 || this.w2 === 0xffff);
  }

  /** `127.0.0.0/8` or `::1`. */
  get isLoopback(): boolean {
    return this.isV4
      ? this.w3 >>> 24 === 127
      : this.w3 === 1 && this.w0 === 0 && this.w1 === 0 && this.w2 === 0;
  }

  /** Sets all four words, each an unsigned 32-bit integer, most significant first. Hot path. */
  set(w0: number, w1: number, w2: number, w3: number): this {
    this.w0 = w0;
    this.w1 = w1;
    this.w2 = w2;
    this.w3 = w3;
    this.#text = undefined;
    return this;
  }

  setV4(word: number): this {
    return this.set(0, 0, 0xffff, word);
  }

  /** @returns false, and leaves the address as it was, where the text is no IP address. */
  setText(text: string): boolean {
    const v4 = parseV4(text, 0, text.length);
    if (v4 >= 0) {
      this.setV4(v4);
      return true;
    }
    return this.#setV6(text);
  }

  copy(): IpAddress {
    return new IpAddress().set(this.w0, this.w1, this.w2, this.w3);
  }

  equals(other: IpAddress): boolean {
    return this.w0 === other.w0 && this.w1 === other.w1 && this.w2 === other.w2 && this.w3 === other.w3;
  }

  /** The canonical text: dotted for IPv4, RFC 5952 for IPv6. Made once and kept. */
  toString(): string {
    this.#text ??= this.isV4 ? formatV4(this.w3) : formatV6([this.w0, this.w1, this.w2, this.w3]);
    return this.#text;
  }

  #setV6(text: string): boolean {
    const zone = text.indexOf('%');
    const groups = parseV6(zone < 0 ? text : text.slice(0, zone));
    if (groups === undefined || zone === text.length - 1) return false;
    const word = (index: number): number => (((groups[index] ?? 0) << 16) | (groups[index + 1] ?? 0)) >>> 0;
    this.set(word(0), word(2), word(4), word(6));
    return true;
  }
}

/** True for a textual IPv4 or IPv6 address. */
export function isIpAddress(text: string): boolean {
  return IpAddress.parse(text) !== undefined;
}

/** @returns the 32-bit word, or -1 where the characters from `start` to `end` are no dotted IPv4 address. */
function parseV4(text: string, start: number, end: number): number {
  let word = 0;
  let octet = -1;
  let dots = 0;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (octet < 0 || ++dots > 3) return -1;
      word = word * 256 + octet;
      octet = -1;
    } else {
      if (code < 48 || code > 57 || octet === 0) return -1;
      octet = (octet < 0 ? 0 : octet * 10) + code - 48;
      if (octet > 255) return -1;
    }
  }
  return dots === 3 && octet >= 0 ? word * 256 + octet : -1;
}

/** @returns the eight 16-bit groups, or undefined where the text is no IPv6 address. */
function parseV6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) return undefined;
  const head = parseGroups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** @param isEnd whether they end the address, where the last two may be in dotted form */
function parseGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (isEnd && index === parts.length - 1 && part.includes('.')) {
      const v4 = parseV4(part, 0, part.length);
      if (v4 < 0) return undefined;
      groups.push(v4 >>> 16, v4 & 0xffff);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(part)) return undefined;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}

function formatV4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

function formatV6(words: readonly number[]): string {
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  const [start, length] = longestZeroRun(groups);
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

function longestZeroRun(groups: readonly number[]): readonly [start: number, length: number] {
  let best: readonly [number, number] = [0, 0];
  let start = 0;
  for (let i = 0; i <= groups.length; i++) {
    if (groups[i] === 0) continue;
    if (i - start > best[1]) best = [start, i - start];
    start = i + 1;
  }
  return best;
}
