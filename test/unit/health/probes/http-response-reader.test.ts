import { describe, expect, it } from 'vitest';
import { HttpResponseReader } from '../../../../src/health/probes/http-response-reader.ts';
import type { ProbeResult } from '../../../../src/health/probe.ts';

const ok = [{ min: 200, max: 200 }];

/** The code of the verdict on a response that arrives in pieces of that size. */
function verdict(response: string, text?: string, pieceLength = Infinity): string {
  const bytes = Buffer.from(response, 'latin1');
  const reader = new HttpResponseReader({
    statuses: ok,
    text: text === undefined ? undefined : Buffer.from(text),
  });
  let result: ProbeResult | undefined;
  for (let start = 0; start < bytes.length && result === undefined; start += pieceLength) {
    result = reader.read(bytes, start, Math.min(bytes.length, start + pieceLength));
  }
  const { ok: isOk, code } = result ?? reader.conclude();
  return `${isOk ? 'good' : 'bad'} ${code}`;
}

const page = 'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nPACS running';
const chunked = 'HTTP/1.1 200 OK\r\nA: b\r\ntransfer-encoding: chunked\r\n\r\n';
const filler = 'x'.repeat(70_000);

describe('HttpResponseReader', () => {
  it.each([
    ['a status line', 'HTTP/1.1 200 OK\r\n', undefined, 'good status-200'],
    ['no reason phrase', 'HTTP/1.1 200\r\n', undefined, 'good status-200'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\n', undefined, 'good status-200'],
    ['another status', 'HTTP/1.1 503 Service Unavailable\r\n', undefined, 'bad status-503'],
    [
      'interim responses',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nA: b\r\n\r\n${page}`,
      'PACS',
      'good status-200',
    ],
    ['the text', page, 'running', 'good status-200'],
    ['the text in a header only', page, 'Length', 'bad body-mismatch'],
    ['no such text', page, 'stopped', 'bad body-mismatch'],
    ['the text behind another status', page.replace('200', '500'), 'running', 'bad status-500'],
    ['the text beyond the limit', `HTTP/1.1 200 OK\r\n\r\n${filler}running`, 'running', 'bad body-mismatch'],
    ['the text in two chunks', `${chunked}2\r\nru\r\n5\r\nnning\r\n0\r\n\r\n`, 'running', 'good status-200'],
    ['the text in a chunk of odd form', `${chunked} 07 ; x\r\nrunning\r\n`, 'running', 'good status-200'],
    [
      'the text made of a chunk size',
      `${chunked}2\r\nru\r\n1\r\nn\r\n0\r\n\r\n`,
      'u\r\n1',
      'bad body-mismatch',
    ],
    ['the text before a fault', `${chunked}7\r\nrunningx`, 'running', 'good status-200'],
    ['a fault before the text', `${chunked}2\r\nruxrunning`, 'running', 'bad malformed'],
    [
      'the text beyond the limit, in chunks',
      `${chunked}11170\r\n${filler}\r\n7\r\nrunning\r\n`,
      'running',
      'bad body-mismatch',
    ],
    ['the text behind the body', `${page}stopped`, 'stopped', 'bad body-mismatch'],
    ['the text behind the chunks', `${chunked}0\r\n\r\nrunning`, 'running', 'bad body-mismatch'],
    [
      'chunks of other codings',
      `${chunked.replace('chunked', 'x, Chunked ')}1\r\nr\r\n1\r\nu\r\n`,
      'ru',
      'good status-200',
    ],
    ['nothing', '', undefined, 'bad closed'],
    ['half a status line', 'HTTP/1.1 20', undefined, 'bad closed'],
    ['an interim response only', 'HTTP/1.1 100 Continue\r\n\r\n', undefined, 'bad closed'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', undefined, 'bad malformed'],
    ['the first bytes of another protocol', '\x07\0\0', undefined, 'bad malformed'],
    ['HTTP/2', 'HTTP/2.0 200 OK\r\n', undefined, 'bad malformed'],
    ['a bare line feed', 'HTTP/1.1 200 OK\nA: b\r\n', undefined, 'bad malformed'],
    ['two spaces', 'HTTP/1.1  200 OK\r\n', undefined, 'bad malformed'],
    ['four digits', 'HTTP/1.1 2000 OK\r\n', undefined, 'bad malformed'],
    ['a status of 600', 'HTTP/1.1 600 Odd\r\n', undefined, 'bad malformed'],
    ['a line without end', `HTTP/1.1 200 ${filler}`, undefined, 'bad malformed'],
    ['a head without end', `HTTP/1.1 200 OK\r\nA: ${filler}`, 'x', 'bad malformed'],
    ['interim heads without end', 'HTTP/1.1 100 C\r\n\r\n'.repeat(2000), undefined, 'bad malformed'],
  ])('judges %s, whole and in pieces', (_what, response, text, expected) => {
    expect(verdict(response, text)).toBe(expected);
    for (const pieceLength of [1, 2, 3, 7, 1000]) expect(verdict(response, text, pieceLength)).toBe(expected);
  });

  it('needs no end of the connection once the body is over', () => {
    for (const response of [page, `${chunked}2\r\nno\r\n0\r\n\r\n`]) {
      const reader = new HttpResponseReader({ statuses: ok, text: Buffer.from('absent') });
      const bytes = Buffer.from(response);
      expect(reader.read(bytes, 0, bytes.length - 1)).toBeUndefined();
      expect(reader.read(bytes, bytes.length - 1, bytes.length)?.code).toBe('body-mismatch');
    }
  });
});
