import { describe, expect, it } from 'vitest';
import { RequestHead } from '../../../../src/http/codec/request-head.ts';
import { ResponseHead } from '../../../../src/http/codec/response-head.ts';

function request(...lines: string[]): boolean {
  const bytes = Buffer.from(['GET / HTTP/1.1', 'Host: x', ...lines, '', ''].join('\r\n'));
  const head = new RequestHead();
  expect(head.parse(bytes, 0, bytes.length)).toBe('complete');
  return head.hasConnectionLogin;
}

function response(status: number, ...lines: string[]): boolean {
  const bytes = Buffer.from([`HTTP/1.1 ${status} X`, 'Content-Length: 0', ...lines, '', ''].join('\r\n'));
  const head = new ResponseHead();
  expect(head.parse(bytes, 0, bytes.length, false)).toBe('complete');
  return head.asksForConnectionLogin;
}

describe('a login that counts for the connection', () => {
  it.each([
    'Authorization: NTLM TlRMTVNTUAAB',
    'authorization: negotiate YII=',
    'Authorization: Nego2 x',
    'Proxy-Authorization: NTLM',
  ])('is in a request with %s', (line) => {
    expect(request(line)).toBe(true);
  });

  it.each([
    'Authorization: Basic bnRsbTpudGxt',
    'Authorization: Bearer NTLM',
    'X-Authorization: NTLM x',
    'A: b',
  ])('is not in a request with %s', (line) => {
    expect(request(line)).toBe(false);
  });

  it('is seen in one of several lines, and forgotten with the next request', () => {
    expect(request('Authorization: NTLM x', 'Proxy-Authorization: Basic x')).toBe(true);
    const head = new RequestHead();
    const [first, second] = ['Authorization: NTLM x\r\n', ''].map((line) =>
      Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\n${line}\r\n`),
    );
    head.parse(first!, 0, first!.length);
    head.parse(second!, 0, second!.length);
    expect(head.hasConnectionLogin).toBe(false);
  });

  it.each([
    [401, 'WWW-Authenticate: NTLM'],
    [401, 'WWW-Authenticate: Basic realm="x", Negotiate'],
    [401, 'WWW-Authenticate: ,, Digest realm="x", nonce="y",NTLM TlRM'],
    [407, 'Proxy-Authenticate: Negotiate oYG2'],
  ])('is asked for with %d and %s', (status, line) => {
    expect(response(status, line)).toBe(true);
    expect(response(status, 'WWW-Authenticate: Basic realm="x"', line)).toBe(true);
    expect(response(200, line)).toBe(false);
  });

  it.each(['WWW-Authenticate: Basic realm="NTLM"', 'WWW-Authenticate: NTLMv9', 'WWW-Authenticate:'])(
    'is not asked for with %s',
    (line) => {
      expect(response(401, line)).toBe(false);
    },
  );
});
