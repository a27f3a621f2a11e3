import { byte } from './byte-class.ts';

/** Ends the data of a chunk. */
export const chunkEnd = Buffer.from('\r\n');

/** Ends a chunked body, without trailers. */
export const lastChunk = Buffer.from('0\r\n\r\n');

/** Room that {@link writeChunkHeader} needs: 14 digits hold every exact integer. */
export const maxChunkHeaderBytes = 16;

const digits = Buffer.from('0123456789abcdef');

/**
 * Writes the size line of a chunk of `size` bytes, 1 to 2^53 - 1, to `position` in `out`, which must have
 * {@link maxChunkHeaderBytes} left. Hot path.
 *
 * @returns the position after it
 */
export function writeChunkHeader(out: Buffer, position: number, size: number): number {
  let end = position + 1;
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 16)) end++;
  let rest = size;
  for (let at = end - 1; at >= position; at--) {
    out[at] = digits[rest % 16] ?? 0;
    rest = Math.floor(rest / 16);
  }
  out[end] = byte.cr;
  out[end + 1] = byte.lf;
  return end + 2;
}
