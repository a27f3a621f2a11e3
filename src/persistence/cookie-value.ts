import { hashBytes } from '../base/half-sip-hash.ts';

/** Digits of each half of a token, 30 bits a half: numbers this small cost no memory. */
const halfDigits = 6;
/** Digits of a time in seconds since 1970; enough until the year 4453. */
const stampDigits = 7;

const firstSeenAt = 2 * halfDigits;
const lastSeenAt = firstSeenAt + stampDigits;
const valueLength = lastSeenAt + stampDigits;

const quote = 0x22;

/** What stands for a server in a cookie. */
export interface ServerToken {
  readonly server: string;
  readonly high: number;
  readonly low: number;
  /** Both halves as they stand in the cookie. */
  readonly text: string;
}

/** 60 bits of a keyed hash of the name: the same in every process that has the secret. */
export function serverToken(server: string, secret: string): ServerToken {
  const key = hashBytes(secret, 0, 0);
  const hash = hashBytes(server, key.first, key.second);
  const high = hash.first >>> 2;
  const low = hash.second >>> 2;
  return { server, high, low, text: digits(high, halfDigits) + digits(low, halfDigits) };
}

/** The value of a cookie: token, first seen, last seen, 26 characters of `0-9a-z` in all. */
export function formatCookieValue(token: ServerToken, firstSeenS: number, lastSeenS: number): string {
  return token.text + digits(firstSeenS, stampDigits) + digits(lastSeenS, stampDigits);
}

/** A cookie's value, taken apart. One object is filled again and again. */
export class CookieValue {
  high = 0;
  low = 0;
  firstSeenS = 0;
  lastSeenS = 0;

  /** @returns false where the text does not have our form. Never throws. Hot path. */
  parse(text: string): boolean {
    const start = isQuoted(text) ? 1 : 0;
    if (text.length - 2 * start !== valueLength) return false;
    this.high = parseDigits(text, start, start + halfDigits);
    this.low = parseDigits(text, start + halfDigits, start + firstSeenAt);
    this.firstSeenS = parseDigits(text, start + firstSeenAt, start + lastSeenAt);
    this.lastSeenS = parseDigits(text, start + lastSeenAt, start + valueLength);
    return this.high >= 0 && this.low >= 0 && this.firstSeenS >= 0 && this.lastSeenS >= 0;
  }
}

/** A cookie's value may stand in quotation marks (RFC 6265, section 4.1.1), and some clients add them. */
function isQuoted(text: string): boolean {
  return text.length > 2 && text.charCodeAt(0) === quote && text.charCodeAt(text.length - 1) === quote;
}

function digits(value: number, length: number): string {
  return value.toString(36).padStart(length, '0');
}

/** @returns -1 where a character is not one of `0-9a-z` */
function parseDigits(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) value = value * 36 + code - 48;
    else if (code >= 97 && code <= 122) value = value * 36 + code - 87;
    else return -1;
  }
  return value;
}
