import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ResponseHead } from '../../../../src/http/codec/response-head.ts';
import { bytesOf, forward, readChunks } from './exchange-text.ts';
import { readStrictly } from './reference-parser.ts';

/** Third-party cases; the file names the projects and commits that they come from. */
interface Case {
  readonly src: string;
  readonly id: string;
  readonly dir: 'request' | 'response' | 'te-gadget';
  readonly oracle: 'parse' | 'reject' | 'no-desync';
  readonly bytes?: string;
  readonly gadget?: string;
}

const fixture = new URL('../../../fixtures/http1-cases.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(fixture, 'utf8')) as { readonly cases: readonly Case[] };
const textOf = (base64 = ''): string => Buffer.from(base64, 'base64').toString('latin1');
const casesOf = (dir: Case['dir']): readonly Case[] => cases.filter((each) => each.dir === dir);

/** The cases of llhttp leave out blank lines at the end, and often `Host`: both hide what we want to see. */
const variants: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'with its end': withEnd,
  'with Host and its end': (text) =>
    withEnd(/^host[ \t]*:/im.test(text) ? text : text.replace('\r\n', '\r\nHost: localhost\r\n')),
};

function withEnd(text: string): string {
  return `${text.replace(/(\r\n)+$/, '')}\r\n\r\n`;
}

/** What llhttp calls invalid and the codec takes, because the reason is none for a proxy. */
const explained: Readonly<Record<string, string>> = {
  'test/request/connection.md:85':
    'bytes after a request that closes are dropped, the request itself is fine',
  'test/request/invalid.md:70': 'ANNOUNCE is a method like any other to a proxy',
  'test/request/invalid.md:360': 'MKCOLA is a method like any other to a proxy',
};

describe('the corpus of requests', () => {
  it.each(Object.keys(variants))('forwards only what is strictly valid, each case %s', (variant) => {
    const faults: string[] = [];
    for (const each of casesOf('request')) {
      const { requests } = forward(bytesOf(variants[variant]!(textOf(each.bytes))));
      const reading = readStrictly(requests.join(''));
      const isFaulty = reading.fault !== undefined || reading.requests.length !== requests.length;
      if (isFaulty) faults.push(`${each.id}: ${reading.fault ?? 'other number of requests'}`);
    }
    expect(faults).toEqual([]);
  });

  it.each(Object.keys(variants))('forwards nothing that llhttp refuses, each case %s', (variant) => {
    const taken = casesOf('request')
      .filter(({ oracle }) => oracle === 'reject')
      .filter(({ bytes }) => {
        const { requests, problem } = forward(bytesOf(variants[variant]!(textOf(bytes))));
        return problem === undefined && requests.length > 0;
      })
      .map(({ id }) => id);
    expect(taken.filter((id) => !(id in explained))).toEqual([]);
  });

  it('refuses or takes as many as it did', () => {
    const counts: Record<string, number> = {};
    for (const each of casesOf('request')) {
      const { requests, problem } = forward(bytesOf(variants['with Host and its end']!(textOf(each.bytes))));
      const outcome = problem !== undefined ? 'refused' : requests.length > 0 ? 'taken' : 'incomplete';
      const key = `${each.oracle}: ${outcome}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    expect(counts).toEqual({
      'parse: taken': 30,
      'parse: refused': 31,
      'parse: incomplete': 3,
      'reject: taken': Object.keys(explained).length,
      'reject: refused': 50,
    });
  });
});

describe('the corpus of Transfer-Encoding gadgets', () => {
  const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n';
  const inChunk = `${smuggled}Content-Length: 15\r\n\r\nx=1`;
  const afterChunk = `0\r\n\r\n${smuggled}X: `;
  const attacks: Readonly<Record<string, (gadget: string) => string>> = {
    'CL.TE': (gadget) =>
      `POST /a HTTP/1.1\r\n${gadget}\r\nHost: localhost\r\nContent-Length: ${afterChunk.length}\r\n\r\n${afterChunk}`,
    'TE.CL': (gadget) =>
      `POST /a HTTP/1.1\r\n${gadget}\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n` +
      `${inChunk.length.toString(16)}\r\n${inChunk}\r\n0\r\n\r\n`,
    'TE alone': (gadget) => `POST /a HTTP/1.1\r\n${gadget}\r\nHost: localhost\r\n\r\n${afterChunk}`,
  };

  /**
   * Gadgets that carry no Transfer-Encoding at all: text inside another header, another header, or one that a
   * server may read as Transfer-Encoding for its `_` and that is therefore not forwarded.
   */
  const harmless = /^(X: X[\t \xa0]Transfer-Encoding|Content-Encoding|Transfer_Encoding): chunked$/;

  it.each(['CL.TE', 'TE.CL'])('refuses every one beside Content-Length (%s)', (attack) => {
    const taken = casesOf('te-gadget')
      .map(({ gadget }) => textOf(gadget))
      .filter((gadget) => forward(bytesOf(attacks[attack]!(gadget))).problem === undefined);
    expect(taken.filter((gadget) => !harmless.test(gadget))).toEqual([]);
  });

  it.each(Object.keys(attacks))('lets no request through inside another one (%s)', (attack) => {
    for (const { gadget } of casesOf('te-gadget')) {
      const { requests } = forward(bytesOf(attacks[attack]!(textOf(gadget))));
      const reading = readStrictly(requests.join(''));
      expect(reading.fault).toBeUndefined();
      expect(reading.requests).toHaveLength(requests.length);
      const names = reading.requests.flatMap(({ headers }) => headers.map(([name]) => name));
      expect(names).not.toContain('transfer_encoding');
    }
  });

  it('covers the corpus', () => {
    expect([casesOf('te-gadget').length, casesOf('request').length, casesOf('response').length]).toEqual([
      903, 117, 63,
    ]);
  });
});

describe('the corpus of responses', () => {
  /** What llhttp finds after the end of a message that is fine in itself. */
  const afterTheEnd = ['test/response/connection.md:168', 'test/response/connection.md:231'];

  function isTaken(text: string): boolean {
    const bytes = bytesOf(withEnd(text));
    const head = new ResponseHead();
    if (head.parse(bytes, 0, bytes.length, false) !== 'complete') return false;
    return head.bodyKind !== 'chunked' || readChunks(bytes, head.headEnd).problem === undefined;
  }

  it('takes nothing that llhttp refuses', () => {
    const taken = casesOf('response').filter(
      ({ oracle, bytes }) => oracle === 'reject' && isTaken(textOf(bytes)),
    );
    expect(taken.map(({ id }) => id)).toEqual(afterTheEnd);
  });

  it('takes as many as it did of those that llhttp takes', () => {
    const valid = casesOf('response').filter(({ oracle }) => oracle === 'parse');
    expect(valid).toHaveLength(39);
    expect(valid.filter(({ bytes }) => isTaken(textOf(bytes)))).toHaveLength(32);
  });
});
