import { describe, expect, it } from 'vitest';
import { findCookie } from '../../../../src/http/codec/cookies.ts';
import { bytesOf, headText, parseRequest } from './exchange-text.ts';

function cookie(name: string, ...lines: string[]): string | undefined {
  const { status, head, bytes } = parseRequest(headText('GET / HTTP/1.1', 'Host: a', ...lines));
  expect(status).toBe('complete');
  return findCookie(bytes, head, bytesOf(name));
}

describe('findCookie', () => {
  it.each([
    ['SRV=s1', 's1'],
    ['a=1; SRV=s1; b=2', 's1'],
    ['a=1;SRV=s1;b=2', 's1'],
    ['\tSRV \t= \ts1 \t; b=2', 's1'],
    ['SRV=', ''],
    ['SRV=a=b', 'a=b'],
    ['SRV="s1"', '"s1"'],
    ['SRV=s1; SRV=s2', 's1'],
    ['$Version=1; SRV=s1; $Path=/', 's1'],
    [';;; ;SRV=s1', 's1'],
    ['SRV', undefined],
    ['SRV; =s1', undefined],
    ['srv=s1', undefined],
    ['XSRV=s1', undefined],
    ['SRVX=s1', undefined],
    ['\xa0SRV=s1', undefined],
    ['SRV\xa0=s1', undefined],
    ['x="SRV=s1"', undefined],
    ['', undefined],
    ['=', undefined],
  ])('row 37: in %j is %j', (value, expected) => {
    expect(cookie('SRV', `Cookie: ${value}`)).toBe(expected);
  });

  it('row 37: keeps every byte of a value but the white space around it', () => {
    expect(cookie('SRV', 'Cookie: SRV=\xa0s1\xa0')).toBe('\xa0s1\xa0');
  });

  it.each(['__proto__', 'constructor', 'toString'])('row 37: %s is a name like any other', (name) => {
    expect(cookie(name, 'Cookie: a=1')).toBeUndefined();
    expect(cookie(name, `Cookie: ${name}=x`)).toBe('x');
  });

  it('row 39: looks through every Cookie line, the first occurrence wins', () => {
    expect(cookie('SRV', 'Cookie: a=1', 'X: SRV=no', 'cookie: b=2; SRV=s2', 'Cookie: SRV=s3')).toBe('s2');
  });

  it('row 39: finds one among 500', () => {
    const many = Array.from({ length: 500 }, (_, index) => `c${index}=${index}`).join('; ');
    expect(cookie('c499', `Cookie: ${many}`)).toBe('499');
  });

  it.each(['s1', 's2', 's', 's12', ''])('does not take %j, which it may well be, for the value', (known) => {
    const { head, bytes } = parseRequest(headText('GET / HTTP/1.1', 'Host: a', 'Cookie: SRV=s1'));
    expect(findCookie(bytes, head, bytesOf('SRV'), known)).toBe('s1');
  });

  it('is undefined without Cookie lines', () => {
    expect(cookie('SRV', 'X-Cookie: SRV=1')).toBeUndefined();
  });
});
