import type { Snapshot, SnapshotPart } from '../../src/index.ts';
import { EntryPacker, EntryReader } from '../../src/snapshot/entry-block.ts';

const blocks = 3;
const entriesPerBlock = 1000;

/** A snapshot that says its number in every entry. */
export function* numberedParts(number: number, generation: number): Generator<SnapshotPart> {
  yield { kind: 'head', atMs: number, generation };
  yield { kind: 'orders', orders: [] };
  yield { kind: 'table', table: { places: [], prefixV4: 32, prefixV6: 128, ttlMs: Infinity } };
  for (let block = 0; block < blocks; block++) {
    const packer = new EntryPacker(entriesPerBlock);
    for (let entry = 0; entry < entriesPerBlock; entry++) packer.add(0, 0, block, entry, 'server', number);
    yield { kind: 'entries', block: packer.block() };
  }
}

/** @throws Error where not all of it is of one number */
export function numberOf({ atMs, tables }: Snapshot): number {
  const readers = tables.flatMap((table) => table.blocks).map((block) => new EntryReader(block));
  const isWhole = (reader: EntryReader): boolean =>
    reader.size === entriesPerBlock &&
    Array.from({ length: reader.size }, (_, entry) => reader.lastUsedAtMs(entry)).every((ms) => ms === atMs);
  if (readers.length !== blocks || !readers.every(isWhole))
    throw new Error('a part is missing, or of another one');
  return atMs;
}
