/** From these lengths on, a native copy costs less than a loop; a part of a buffer has to be sliced off first. */
const minNativeCopyBytes = 40;
const minNativeSetBytes = 28;

/** Copies bytes `start` to `end` to `position` in `out`; answers the position after them. Hot path. */
export function copyBytes(out: Buffer, position: number, bytes: Buffer, start: number, end: number): number {
  const length = end - start;
  if (length >= minNativeCopyBytes) {
    bytes.copy(out, position, start, end);
  } else {
    for (let index = 0; index < length; index++) out[position + index] = bytes[start + index] ?? 0;
  }
  return position + length;
}

/** Copies all of `bytes` to `position` in `out`; answers the position after them. Hot path. */
export function appendBytes(out: Buffer, position: number, bytes: Buffer): number {
  if (bytes.length < minNativeSetBytes) return copyBytes(out, position, bytes, 0, bytes.length);
  out.set(bytes, position);
  return position + bytes.length;
}

/** The length of several pieces together. */
export function totalBytes(pieces: readonly Buffer[]): number {
  let total = 0;
  for (const piece of pieces) total += piece.length;
  return total;
}
