import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/index.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';
import { decodeSnapshot } from '../../../src/snapshot/decode-snapshot.ts';
import { encodeSnapshot } from '../../../src/snapshot/encode-snapshot.ts';
import { EntryPacker, EntryReader, type EntryBlock } from '../../../src/snapshot/entry-block.ts';
import { partsOf } from '../../../src/snapshot/snapshot-parts.ts';

const clock = new VirtualClock();
const word = fc.integer({ min: 0, max: 0xffff_ffff });
const wallMs = fc.integer({ min: 0, max: 4_000_000_000_000 });
/** Names that a configuration allows, and such as only an attacker would choose. */
const name = fc.oneof(
  fc.constantFrom('INF_PACS1', 'b', '__proto__'),
  fc.string({ minLength: 1, maxLength: 64 }),
);

const entry = fc.record({ key: fc.tuple(word, word, word, word), server: name, lastUsedAtMs: wallMs });
type Entry = typeof entry extends fc.Arbitrary<infer T> ? T : never;

function blockOf(entries: readonly Entry[]): EntryBlock {
  const packer = new EntryPacker(entries.length);
  for (const { key, server, lastUsedAtMs } of entries) packer.add(...key, server, lastUsedAtMs);
  return packer.block();
}

function entriesIn(block: EntryBlock): readonly Entry[] {
  const reader = new EntryReader(block);
  return Array.from({ length: reader.size }, (_, index) => ({
    key: [0, 1, 2, 3].map((which) => reader.word(index, which)) as Entry['key'],
    server: reader.server(index),
    lastUsedAtMs: reader.lastUsedAtMs(index),
  }));
}

const orders = fc.record({
  adminState: fc.constantFrom('online', 'drain', 'halt'),
  weight: fc.nat({ max: 256 }),
});
const order = fc
  .record({
    service: name,
    server: name,
    configured: orders,
    ordered: orders,
    drain: fc.option(
      fc.record({ deadlineAtMs: wallMs, then: fc.constantFrom('drain', 'halt') }, { requiredKeys: [] }),
      { nil: undefined },
    ),
  })
  .map(({ ordered, drain, ...rest }) => ({ ...rest, ...ordered, ...(drain === undefined ? {} : { drain }) }));

const table = fc
  .record({
    name: fc.option(name, { nil: undefined }),
    places: fc.array(fc.record({ service: name, position: fc.nat({ max: 3 }) }), { maxLength: 3 }),
    prefixV4: fc.integer({ min: 1, max: 32 }),
    prefixV6: fc.integer({ min: 1, max: 128 }),
    ttlMs: fc.oneof(fc.integer({ min: 1, max: 1_800_000 }), fc.constant(Infinity)),
    blocks: fc.array(fc.array(entry, { minLength: 1, maxLength: 5 }).map(blockOf), { maxLength: 3 }),
  })
  .map(({ name: named, ...rest }) => ({ ...rest, ...(named === undefined ? {} : { name: named }) }));

const snapshot: fc.Arbitrary<Snapshot> = fc.record({
  atMs: wallMs,
  generation: fc.nat(),
  orders: fc.array(order, { maxLength: 3 }),
  tables: fc.array(table, { maxLength: 3 }),
});

async function encode(taken: Snapshot): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of encodeSnapshot(partsOf(taken))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The same with entries that can be compared. */
function readable({ tables, ...rest }: Snapshot): unknown {
  return { ...rest, tables: tables.map(({ blocks, ...of }) => ({ ...of, blocks: blocks.map(entriesIn) })) };
}

describe('an encoded snapshot', () => {
  it('is read as it was', async () => {
    await fc.assert(
      fc.asyncProperty(snapshot, async (taken) => {
        const decoded = await decodeSnapshot(await encode(taken), clock);
        expect(readable(decoded)).toEqual(readable(taken));
      }),
    );
  });

  it('is refused when it is cut anywhere, goes on, or differs in any byte', async () => {
    await fc.assert(
      fc.asyncProperty(snapshot, fc.integer({ min: 1, max: 255 }), async (taken, change) => {
        const bytes = await encode(taken);
        const isRefused = (damaged: Buffer): Promise<unknown> =>
          expect(decodeSnapshot(damaged, clock)).rejects.toMatchObject({ code: 'SLUICE_ERR_SNAPSHOT' });
        for (let end = 0; end < bytes.length; end++) await isRefused(bytes.subarray(0, end));
        for (let at = 0; at < bytes.length; at++) {
          const changed = Buffer.from(bytes);
          changed[at]! ^= change;
          await isRefused(changed);
        }
        await isRefused(Buffer.concat([bytes, Buffer.from([change])]));
        await isRefused(Buffer.concat([bytes, bytes]));
      }),
      { numRuns: 15 },
    );
  });
});
