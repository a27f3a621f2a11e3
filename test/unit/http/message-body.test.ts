import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/engine/engine.ts';
import { MessageBody } from '../../../src/http/message-body.ts';
import { Outlet } from '../../../src/http/outlet.ts';

/** Keeps what is written, and counts the writes. */
class Sink {
  text = '';
  writes = 0;

  write(bytes: Buffer, start: number, end: number): boolean {
    this.text += bytes.toString('latin1', start, end);
    this.writes += 1;
    return true;
  }
}

/** Sends `wire` through a body in pieces that end at `cuts`. @returns what came out, and where it stopped */
function pass(
  body: MessageBody,
  wire: string,
  cuts: readonly number[],
): { readonly text: string; readonly taken: number } {
  const bytes = Buffer.from(wire, 'latin1');
  const sink = new Sink();
  const outlet = new Outlet(256);
  let taken = 0;
  for (const end of [...cuts, bytes.length].sort((a, b) => a - b)) {
    if (end < taken || body.isDone) continue;
    outlet.open(sink as unknown as Connection);
    taken = body.take(bytes, taken, end, outlet);
    outlet.close();
  }
  return { text: sink.text, taken };
}

function chunksOf(pieces: readonly string[], extension = ''): string {
  const chunks = pieces.map((piece) => `${piece.length.toString(16)}${extension}\r\n${piece}\r\n`);
  return `${chunks.join('')}0${extension}\r\n`;
}

const pieces = fc.array(fc.string({ minLength: 1, maxLength: 300, unit: 'binary-ascii' }), { maxLength: 8 });
const cuts = fc.array(fc.nat(3000), { maxLength: 10 });

describe('a message body', () => {
  it('in chunks comes out in the same chunks, without extensions and trailers, however it is cut', () => {
    fc.assert(
      fc.property(pieces, cuts, (data, where) => {
        const wire = `${chunksOf(data, ';name=value')}Trailer: x\r\n\r\n`;
        const body = new MessageBody('none');
        body.begin('chunked', -1, false);
        const inside = where.map((cut) => cut % (wire.length + 1));
        expect(pass(body, `${wire}next`, inside)).toEqual({
          text: `${chunksOf(data)}\r\n`,
          taken: wire.length,
        });
        expect(body.isDone).toBe(true);
        body.begin('chunked', -1, true);
        expect(pass(body, wire, inside).text).toBe(data.join(''));
      }),
    );
  });

  it('of a length ends there', () => {
    fc.assert(
      fc.property(fc.nat(2000), cuts, (length, where) => {
        const body = new MessageBody('none');
        body.begin('length', length, false);
        const wire = 'x'.repeat(length);
        expect(
          pass(
            body,
            `${wire}next`,
            where.map((cut) => cut % (length + 4)),
          ),
        ).toEqual({ text: wire, taken: length });
        expect(body.isDone).toBe(true);
      }),
    );
  });

  it('until the connection ends takes everything, and is whole then', () => {
    const body = new MessageBody('none');
    body.begin('close', -1, false);
    expect(pass(body, 'everything', [3])).toEqual({ text: 'everything', taken: 10 });
    expect(body.isDone).toBe(false);
    expect(body.relayable).toBe(Infinity);
    expect(body.end()).toBe(true);
  });

  it('that is cut off is not whole', () => {
    const body = new MessageBody('none');
    body.begin('length', 5, false);
    pass(body, 'half', []);
    expect(body.end()).toBe(false);
  });

  it('stops at what is no chunk', () => {
    const body = new MessageBody('none');
    body.begin('chunked', -1, false);
    expect(pass(body, '2\r\nok\r\nXX\r\n', []).text).toBe('2\r\nok\r\n');
    expect(body.problem).toMatchObject({ status: 400, reason: 'chunk-size' });
    expect(body.isDone).toBe(false);
  });

  it('lets the engine relay what is large: a body, or one chunk of it', () => {
    const outlet = new Outlet(256);
    const sink = new Sink();
    const body = new MessageBody('none');
    body.begin('length', 65_535, false);
    expect(body.relayable).toBe(0);
    body.begin('length', 100_000, false);
    expect(body.relayable).toBe(100_000);
    body.relayed(100_000, outlet);
    expect(body.isDone).toBe(true);

    body.begin('chunked', -1, false);
    outlet.open(sink as unknown as Connection);
    const start = Buffer.from('20000\r\nabc');
    body.take(start, 0, start.length, outlet);
    expect(body.relayable).toBe(0x20000 - 3);
    body.relayed(0x20000 - 3, outlet);
    const rest = Buffer.from('\r\n0\r\n\r\n');
    body.take(rest, 0, rest.length, outlet);
    outlet.close();
    expect(sink.text).toBe('20000\r\nabc\r\n0\r\n\r\n');
    expect(body.isDone).toBe(true);
  });
});

describe('an outlet', () => {
  it('gathers small pieces into one write, keeps the order, and copies nothing large', () => {
    const sink = new Sink();
    const outlet = new Outlet(65_536);
    outlet.open(sink as unknown as Connection);
    const large = Buffer.alloc(60_000, 'L');
    for (const text of ['head ', 'body ']) outlet.put(Buffer.from(text), 0, text.length);
    expect(sink.writes).toBe(0);
    outlet.put(large, 0, large.length);
    expect(sink.writes).toBe(2);
    outlet.put(Buffer.from('end'), 0, 3);
    expect(outlet.close()).toBe(true);
    expect(sink.text).toBe(`head body ${'L'.repeat(60_000)}end`);
  });

  it('tells when the connection had to keep something, until it is opened again', () => {
    const outlet = new Outlet(16);
    const full = { write: () => false } as unknown as Connection;
    outlet.open(full);
    outlet.put(Buffer.from('x'), 0, 1);
    expect(outlet.close()).toBe(false);
    outlet.open(new Sink() as unknown as Connection);
    outlet.put(Buffer.from('x'), 0, 1);
    expect(outlet.close()).toBe(true);
  });

  it('tells whether its first bytes are sound, and takes none of them', () => {
    const body = new MessageBody('none');
    const isSound = (wire: string): boolean => {
      const bytes = Buffer.from(wire, 'latin1');
      body.begin('chunked', -1, false);
      return body.isSound(bytes, 0, bytes.length);
    };
    expect(['', '5', '5\r\nhel', '5\r\nhello\r\n0\r\n\r\nrest'].map(isSound)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['x', '5\r\nhelloo', '0\r\nA\r\n'].map(isSound)).toEqual([false, false, false]);
    expect(isSound('5\r\nhello\r\n')).toBe(true);
    expect(pass(body, '0\r\n\r\n', []).text).toBe('0\r\n\r\n');
    body.begin('length', 5, false);
    expect(body.isSound(Buffer.from('x\r\n'), 0, 3)).toBe(true);
  });
});
