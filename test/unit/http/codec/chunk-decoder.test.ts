import { describe, expect, it } from 'vitest';
import { ChunkDecoder } from '../../../../src/http/codec/chunk-decoder.ts';
import { lastChunk, maxChunkHeaderBytes, writeChunkHeader } from '../../../../src/http/codec/chunk-writer.ts';
import type { Tolerance } from '../../../../src/http/codec/tolerance.ts';
import { bytesOf, readChunks } from './exchange-text.ts';

/** The data of a chunked body, or what became of it. */
function decode(text: string, tolerance?: Tolerance): string {
  const bytes = bytesOf(text);
  const decoder = new ChunkDecoder(tolerance);
  let data = '';
  let event = decoder.next(bytes, 0, bytes.length);
  while (event === 'data') {
    data += bytes.toString('latin1', decoder.dataStart, decoder.dataEnd);
    event = decoder.next(bytes, decoder.position, bytes.length);
  }
  if (event === 'problem') return `${decoder.problem.status} ${decoder.problem.reason}`;
  return event === 'end' ? data : 'incomplete';
}

describe('ChunkDecoder', () => {
  it('takes a body apart and stops after it', () => {
    const body = '5\r\nhello\r\nA\r\n, world...\r\n000\r\n\r\n';
    expect(decode(`${body}GET / HTTP/1.1`)).toBe('hello, world...');
    expect(readChunks(bytesOf(`${body}GET`), 0)).toEqual({
      text: '5\r\nhello\r\na\r\n, world...\r\n0\r\n\r\n',
      end: body.length,
      problem: undefined,
    });
  });

  it('tells where a chunk begins and how much of it is to come', () => {
    const decoder = new ChunkDecoder();
    const first = bytesOf('ff\r\nabc');
    expect(decoder.next(first, 0, first.length)).toBe('data');
    expect([decoder.isChunkStart, decoder.chunkSize, decoder.chunkRemaining]).toEqual([true, 255, 252]);
    const second = bytesOf('defg');
    expect(decoder.next(second, 0, 4)).toBe('data');
    expect([decoder.isChunkStart, decoder.chunkSize, decoder.chunkRemaining]).toEqual([false, 255, 248]);
  });

  it('skips data that went past it', () => {
    const decoder = new ChunkDecoder();
    const start = bytesOf('100000\r\n');
    expect(decoder.next(start, 0, start.length)).toBe('incomplete');
    expect(decoder.chunkRemaining).toBe(0x10_0000);
    decoder.skipData(0x10_0000);
    const end = bytesOf('\r\n0\r\n\r\n');
    expect(decoder.next(end, 0, end.length)).toBe('end');
    expect(decoder.position).toBe(end.length);
  });

  it('keeps saying what it said last until it is reset', () => {
    const decoder = new ChunkDecoder();
    expect(decoder.next(lastChunk, 0, 5)).toBe('end');
    expect(decoder.next(lastChunk, 0, 5)).toBe('end');
    expect(decoder.position).toBe(0);
    decoder.reset();
    const bad = bytesOf('x');
    expect(decoder.next(bad, 0, 1)).toBe('problem');
    expect(decoder.next(lastChunk, 0, 5)).toBe('problem');
    decoder.reset();
    expect(decoder.next(lastChunk, 0, 5)).toBe('end');
  });

  it.each([
    ...[
      '0x5',
      '+5',
      '-5',
      '5_0',
      ' 5',
      '5 ',
      '\t5',
      '5\t',
      'G',
      '',
      '5,5',
      '5.0',
      '"5"',
      '5 ;x',
      '5\x00',
      '5\x0b',
    ],
    ...['FFFFFFFFFFFFFFFF', '10000000000000000', `${'0'.repeat(32)}5`, '20000000000000', '\xb5', '5h'],
  ])('row 10: refuses the size %j', (size) => {
    expect(decode(`${size}\r\nhello\r\n0\r\n\r\n`)).toBe('400 chunk-size');
  });

  it('row 10: takes zeros before a size, 32 digits in all', () => {
    for (const zeros of [1, 15, 16, 31])
      expect(decode(`${'0'.repeat(zeros)}5\r\nhello\r\n0\r\n\r\n`)).toBe('hello');
    expect(decode(`${'0'.repeat(32)}\r\n\r\n`)).toBe('');
  });

  const blankExtensions = ['5 ;x', '5\t ;x', '5; x =y', '5;x= y', '5 ; x = "y" ; z', '5;x ;y'];
  const paddedSizes = ['5 ', '5\t', ' 5', '  5  ', '5;x ', '5 ; x=y ', '5;x="y" '];

  it.each(blankExtensions)('takes the white space of %j from servers only', (line) => {
    const body = `${line}\r\nhello\r\n0\r\n\r\n`;
    expect(decode(body)).toMatch(/^400 /);
    expect([decode(body, 'standard'), decode(body, 'lenient')]).toEqual(['hello', 'hello']);
  });

  it.each(paddedSizes)('takes the padded size of %j from servers where told so', (line) => {
    const body = `${line}\r\nhello\r\n${line.replace('5', '0')}\r\n\r\n`;
    expect([decode(body), decode(body, 'standard')].join()).toMatch(/^400 .*,400 /);
    expect(decode(body, 'lenient')).toBe('hello');
  });

  it.each([
    '5 5',
    '5 x',
    ' ',
    '5 =x',
    '5;x y',
    '5;x =',
    '5;x= ;y',
    ' ;x',
    `5${' '.repeat(300)}`,
    `${' '.repeat(300)}5`,
  ])('takes the size line %j from nobody', (line) => {
    expect(decode(`${line}\r\nhello\r\n0\r\n\r\n`, 'lenient')).toMatch(/^400 chunk-(size|extension)$/);
  });

  it('row 10: takes the greatest exact size', () => {
    const decoder = new ChunkDecoder();
    const bytes = bytesOf('01fffffffffffff\r\n');
    expect(decoder.next(bytes, 0, bytes.length)).toBe('incomplete');
    expect(decoder.chunkRemaining).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each([
    ['5\nhello\r\n0\r\n\r\n', '400 chunk-size'],
    ['5\r\rhello\r\n0\r\n\r\n', '400 chunk-end'],
    ['5\rXhello\r\n0\r\n\r\n', '400 chunk-end'],
    ['5;\nhello\r\n0\r\n\r\n', '400 chunk-extension'],
    ['5;a\nhello\r\n0\r\n\r\n', '400 chunk-extension'],
    ['5\r\r;x\r\nhello\r\n0\r\n\r\n', '400 chunk-end'],
    ['5\r\nhello\n0\r\n\r\n', '400 chunk-end'],
    ['5\r\nhello\r0\r\n\r\n', '400 chunk-end'],
    ['5\r\nhello!!\r\n0\r\n\r\n', '400 chunk-end'],
    ['5\r\nhell\r\n0\r\n\r\n', '400 chunk-end'],
    ['5\r\nhello0\r\n\r\n', '400 chunk-end'],
    ['0\r\n\n', '400 trailer'],
    ['0\n\r\n', '400 chunk-size'],
    ['0\r\n\rX', '400 trailer'],
  ])('row 11: refuses the line ends of %j', (text, expected) => {
    expect(decode(text)).toBe(expected);
  });

  it.each([
    ';',
    ';=',
    ';=x',
    ';a=',
    ';;a',
    ';a;',
    ';a b',
    ';a=b c',
    ';a="b',
    ';a="b"c',
    ';a="\n"',
    ';a="\\\n"',
    ';\0',
    ';a\x7f',
    ';a=\x01',
    ';a="\0"',
    ';a="b\r\n"',
  ])('row 11: refuses the extension %j', (extension) => {
    expect(decode(`5${extension}\r\nhello\r\n0\r\n\r\n`)).toBe('400 chunk-extension');
  });

  it.each([
    ';a',
    ';a=b',
    ';a="b"',
    ';a="\\"\\\\;\xe9\t"',
    ';a;b=c;d="e"',
    '; a=b',
    ';chunk-signature=0123456789abcdef',
  ])('row 11: takes and drops the extension %j', (extension) => {
    expect(decode(`5${extension}\r\nhello\r\n0${extension}\r\n\r\n`)).toBe('hello');
  });

  it('row 12: limits the extensions of one line', () => {
    expect(decode(`5;${'a'.repeat(255)}\r\nhello\r\n0\r\n\r\n`)).toBe('hello');
    expect(decode(`5;${'a'.repeat(256)}\r\nhello\r\n0\r\n\r\n`)).toBe('400 chunk-extension');
  });

  it('row 12: limits the extensions of a body that is nothing else', () => {
    const chunk = `1;${'a'.repeat(200)}\r\nx\r\n`;
    expect(decode(`${chunk.repeat(80)}0\r\n\r\n`)).toBe('x'.repeat(80));
    expect(decode(`${chunk.repeat(90)}0\r\n\r\n`)).toBe('400 chunk-extension');
  });

  it('row 12: lets uploads sign every chunk', () => {
    const chunk = `400;chunk-signature=${'a'.repeat(64)}\r\n${'x'.repeat(1024)}\r\n`;
    expect(decode(`${chunk.repeat(1000)}0\r\n\r\n`)).toHaveLength(1_024_000);
  });

  it('row 12: limits trailers', () => {
    const trailer = 'A: b\r\n';
    expect(decode(`0\r\n${trailer.repeat(2000)}\r\n`)).toBe('');
    expect(decode(`0\r\n${trailer.repeat(10_000)}\r\n`)).toBe('400 trailer');
  });

  it.each([
    'Content-Length: 5',
    'Transfer-Encoding: chunked',
    'Host: evil',
    'Authorization: x',
    'Cookie: SRV=a',
    'X:',
  ])('row 13: drops the trailer %j', (trailer) => {
    const { text, problem } = readChunks(bytesOf(`1\r\nx\r\n0\r\n${trailer}\r\n\r\n`), 0);
    expect([text, problem]).toEqual(['1\r\nx\r\n0\r\n\r\n', undefined]);
  });

  it.each(['X', 'X : 1', ' X: 1', ': 1', 'X: 1\n', 'X: \0', 'X: 1\r ', 'X\xe9: 1', 'A: 1\r\n B'])(
    'row 13: refuses the malformed trailer %j',
    (trailer) => {
      expect(decode(`0\r\n${trailer}\r\n\r\n`)).toBe('400 trailer');
    },
  );
});

describe('writeChunkHeader', () => {
  it.each([1, 9, 10, 15, 16, 255, 256, 65_535, 0x1_0000_0000, Number.MAX_SAFE_INTEGER])(
    'writes %d',
    (size) => {
      const out = Buffer.alloc(maxChunkHeaderBytes + 3, '#');
      const end = writeChunkHeader(out, 3, size);
      expect(out.toString('latin1', 3, end)).toBe(`${size.toString(16)}\r\n`);
      expect(out.toString('latin1', 0, 3)).toBe('###');
    },
  );
});
