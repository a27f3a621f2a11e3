import { describe, expect, it } from 'vitest';
import { noEmptyLine, skipEmptyLines } from '../../../../src/http/codec/empty-lines.ts';

describe('empty lines before a head', () => {
  it.each([
    ['', noEmptyLine],
    ['GET', noEmptyLine],
    ['\n', noEmptyLine],
    ['\rG', noEmptyLine],
    ['\r\r\n', noEmptyLine],
    ['\r', 0],
    ['\r\n', 2],
    ['\r\nG', 2],
    ['\r\n\r', 2],
    ['\r\n\r\nG', 4],
    ['\r\n\rG', 2],
  ])('%j: %i', (text, position) => {
    expect(skipEmptyLines(Buffer.from(text), 0, text.length)).toBe(position);
    expect(skipEmptyLines(Buffer.from(`X${text}Y`), 1, text.length + 1)).toBe(
      position === noEmptyLine ? position : position + 1,
    );
  });
});
