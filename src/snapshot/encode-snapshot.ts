import { createHash } from 'node:crypto';
import { toPlain } from '../base/plain-data.ts';
import type { SnapshotPart } from './snapshot-parts.ts';

/**
 * The form of a file: a line that names it and the version of the form, frames, and the SHA-256 of all before. A frame is
 * its length in 4 bytes, least significant first, a line of JSON, and what is not JSON behind that.
 */
export const formatVersion = 1;
export const formatName = 'sluice snapshot';
export const checksumBytes = 32;
export const lengthBytes = 4;
export const lineEnd = 10;

const nothing = new Uint8Array(0);

/** Writes a snapshot piece by piece, as bytes that show by themselves whether they are whole. */
export async function* encodeSnapshot(
  parts: AsyncIterable<SnapshotPart> | Iterable<SnapshotPart>,
): AsyncGenerator<Buffer, void, undefined> {
  const hash = createHash('sha256');
  const begin = Buffer.from(`${formatName} ${formatVersion}\n`);
  hash.update(begin);
  yield begin;
  for await (const part of parts) {
    const frame = encodePart(part);
    hash.update(frame);
    yield frame;
  }
  yield hash.digest();
}

function encodePart(part: SnapshotPart): Buffer {
  if (part.kind !== 'entries') return encodeFrame(part, nothing);
  const { servers, bytes } = part.block;
  return encodeFrame({ kind: part.kind, servers }, bytes);
}

function encodeFrame(header: object, bytes: Uint8Array): Buffer {
  const line = Buffer.from(`${JSON.stringify(toPlain(header))}\n`);
  const length = Buffer.allocUnsafe(lengthBytes);
  length.writeUInt32LE(line.length + bytes.length);
  return Buffer.concat([length, line, bytes]);
}
