import { createHash } from 'node:crypto';
import { SluiceError } from '../base/errors.ts';
import { Pace } from '../runtime/pace.ts';
import type { Clock } from '../runtime/runtime.ts';
import { bytesPerEntry, maxEntriesPerBlock } from './entry-block.ts';
import { checksumBytes, formatName, formatVersion, lengthBytes, lineEnd } from './encode-snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import { joinParts, type SnapshotPart } from './snapshot-parts.ts';

/** Bytes whose checksum is computed in one go: less than a millisecond. */
const bytesPerStep = 1 << 18;

/**
 * Reads what `encodeSnapshot` wrote. Everything is checked before anything is read; blocks of entries stay where they are
 * in the bytes.
 *
 * @throws SluiceError `SLUICE_ERR_SNAPSHOT` that says what is wrong: cut, changed, of another version, no snapshot
 */
export async function decodeSnapshot(bytes: Uint8Array, clock: Clock): Promise<Snapshot> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = checkFirstLine(buffer);
  const end = buffer.length - checksumBytes;
  const pace = new Pace(clock);
  const hash = createHash('sha256');
  for (let at = 0; at < end; at += bytesPerStep) {
    hash.update(buffer.subarray(at, Math.min(end, at + bytesPerStep)));
    await pace.rest();
  }
  if (end < start || !hash.digest().equals(buffer.subarray(end)))
    throw unreadable('it was cut or changed: its checksum does not fit');
  try {
    return await joinParts(framesIn(buffer.subarray(start, end)));
  } catch (error) {
    throw unreadable('its checksum fits, but not what is in it', error);
  }
}

/** Beyond this it is no count, but a file that was changed. */
const maxGeneration = 2 ** 32;

/** The generation that the beginning of a file states, whether the file is whole or not. @returns 0 where it states none */
export function generationIn(beginning: Uint8Array): number {
  try {
    const buffer = Buffer.from(beginning.buffer, beginning.byteOffset, beginning.byteLength);
    const [head] = framesIn(buffer.subarray(checkFirstLine(buffer)));
    return head?.kind === 'head' && head.generation < maxGeneration ? head.generation : 0;
  } catch {
    return 0;
  }
}

/** @returns where the frames begin */
function checkFirstLine(buffer: Buffer): number {
  const end = buffer.indexOf(lineEnd);
  const [, name, version] = /^(.+) (\d+)$/u.exec(buffer.toString('latin1', 0, Math.max(0, end))) ?? [];
  if (name !== formatName) throw unreadable('it is no snapshot of Sluice, or was cut');
  if (Number(version) !== formatVersion)
    throw unreadable(`it has version ${version} of the form, and this Sluice reads version ${formatVersion}`);
  return end + 1;
}

function* framesIn(buffer: Buffer): Generator<SnapshotPart, void, undefined> {
  for (let at = 0; at < buffer.length;) {
    const length = buffer.readUInt32LE(at);
    at += lengthBytes;
    if (at + length > buffer.length) throw new RangeError('a frame is longer than what is there');
    yield decodeFrame(buffer.subarray(at, at + length));
    at += length;
  }
}

function decodeFrame(frame: Buffer): SnapshotPart {
  const end = frame.indexOf(lineEnd);
  const header = JSON.parse(frame.toString('utf8', 0, end)) as SnapshotPart & {
    readonly servers: readonly string[];
  };
  switch (header.kind) {
    case 'entries': {
      const bytes = frame.subarray(end + 1);
      if (bytes.length % bytesPerEntry !== 0) throw new RangeError('half an entry');
      if (bytes.length > maxEntriesPerBlock * bytesPerEntry) throw new RangeError('a block is too large');
      return { kind: 'entries', block: { servers: header.servers, bytes } };
    }
    case 'table':
      return { kind: 'table', table: { ...header.table, ttlMs: fromPlain(header.table.ttlMs) } };
    default:
      return header;
  }
}

/** JSON has a text for Infinity. */
function fromPlain(limit: unknown): number {
  return limit === 'Infinity' ? Infinity : Number(limit);
}

function unreadable(why: string, cause?: unknown): SluiceError {
  return new SluiceError('SLUICE_ERR_SNAPSHOT', why, { cause });
}
