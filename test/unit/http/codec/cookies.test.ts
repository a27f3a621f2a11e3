import { describe, expect, it } from 'vitest';
import { NamedCookies } from '../../../../src/http/codec/cookies.ts';
import { bytesOf, headText, parseRequest } from './exchange-text.ts';

/** All values of the cookie `name`, in their order. */
function values(name: string, ...lines: string[]): string[] {
  const { status, head, bytes } = parseRequest(headText('GET / HTTP/1.1', 'Host: a', ...lines));
  expect(status).toBe('complete');
  return valuesIn(new NamedCookies().read(bytes, head, bytesOf(name)));
}

function valuesIn(cookies: NamedCookies): string[] {
  expect(cookies.at(cookies.count)).toBeUndefined();
  return Array.from({ length: cookies.count }, (_, nth) => cookies.at(nth) ?? '');
}

/** The first of them. */
function cookie(name: string, ...lines: string[]): string | undefined {
  return values(name, ...lines)[0];
}

describe('NamedCookies', () => {
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

  it('row 39: finds every one in every Cookie line', () => {
    const lines = ['Cookie: a=1', 'X: SRV=no', 'cookie: b=2; SRV=s2;SRV', 'Cookie: SRV=s3; c=4; SRV=s2'];
    expect(values('SRV', ...lines)).toEqual(['s2', 's3', 's2']);
  });

  it('reads 50 of one name at most', () => {
    const many = Array.from({ length: 60 }, (_, index) => `SRV=${index}`).join('; ');
    expect(values('SRV', `Cookie: ${many}`)).toHaveLength(50);
  });

  it('forgets what the request before had', () => {
    const cookies = new NamedCookies();
    const requests = ['Cookie: SRV=a; SRV=b', 'Cookie: SRV=b', 'X: y', 'Cookie: SRV=b; SRV=b'];
    const read = requests.map((line) => {
      const { head, bytes } = parseRequest(headText('GET / HTTP/1.1', 'Host: a', line));
      return valuesIn(cookies.read(bytes, head, bytesOf('SRV')));
    });
    expect(read).toEqual([['a', 'b'], ['b'], [], ['b', 'b']]);
  });

  it('row 39: finds one among 500', () => {
    const many = Array.from({ length: 500 }, (_, index) => `c${index}=${index}`).join('; ');
    expect(cookie('c499', `Cookie: ${many}`)).toBe('499');
  });

  it.each(['s1', 's2', 's', 's12', ''])('does not take %j, which it was before, for the value', (known) => {
    const cookies = new NamedCookies();
    const read = (value: string): string | undefined => {
      const { head, bytes } = parseRequest(headText('GET / HTTP/1.1', 'Host: a', `Cookie: SRV=${value}`));
      return cookies.read(bytes, head, bytesOf('SRV')).at(0);
    };
    expect([read(known), read('s1')]).toEqual([known, 's1']);
  });

  it('is undefined without Cookie lines', () => {
    expect(cookie('SRV', 'X-Cookie: SRV=1')).toBeUndefined();
  });
});
