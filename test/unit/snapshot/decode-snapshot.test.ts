import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';
import { decodeSnapshot, generationIn } from '../../../src/snapshot/decode-snapshot.ts';
import { encodeSnapshot } from '../../../src/snapshot/encode-snapshot.ts';
import type { Snapshot, SnapshotPart } from '../../../src/index.ts';
import { partsOf } from '../../../src/snapshot/snapshot-parts.ts';

const empty: Snapshot = { atMs: 1_700_000_000_000, generation: 7, orders: [], tables: [] };

async function encode(parts: Iterable<SnapshotPart>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of encodeSnapshot(parts)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** With the checksum that belongs to it. */
function sealed(body: Buffer): Buffer {
  return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

const decode = (bytes: Buffer): Promise<Snapshot> => decodeSnapshot(bytes, new VirtualClock());

describe('reading a snapshot', () => {
  it.each([
    ['nothing', Buffer.alloc(0), 'it is no snapshot of Sluice, or was cut'],
    ['another file', Buffer.from('{"services":[]}\n'), 'it is no snapshot of Sluice, or was cut'],
    [
      'a later version',
      sealed(Buffer.from('sluice snapshot 2\n')),
      'it has version 2 of the form, and this Sluice reads version 1',
    ],
    ['no head', sealed(Buffer.from('sluice snapshot 1\n')), 'its checksum fits, but not what is in it'],
    [
      'a frame that is too long',
      sealed(Buffer.from('sluice snapshot 1\n\xff\0\0\0{}', 'latin1')),
      'its checksum fits, but not what is in it',
    ],
  ])('says what is wrong with %s', async (_what, bytes, message) => {
    await expect(decode(bytes)).rejects.toMatchObject({ code: 'SLUICE_ERR_SNAPSHOT', message });
  });

  it('refuses entries without a table, and half an entry', async () => {
    const [head] = partsOf(empty);
    const entries = (bytes: number): SnapshotPart => ({
      kind: 'entries',
      block: { servers: ['a'], bytes: Buffer.alloc(bytes) },
    });
    const table = { places: [], prefixV4: 32, prefixV6: 128, ttlMs: 1 };
    await expect(decode(await encode([head!, entries(24)]))).rejects.toThrow('its checksum fits');
    await expect(decode(await encode([head!, { kind: 'table', table }, entries(23)]))).rejects.toThrow(
      'its checksum fits',
    );
  });

  it('finds the generation at the beginning of a file, whole or not', async () => {
    const bytes = await encode(partsOf(empty));
    expect(generationIn(bytes)).toBe(7);
    expect(generationIn(bytes.subarray(0, -1))).toBe(7);
    expect(generationIn(bytes.subarray(0, 30))).toBe(0);
    expect(generationIn(Buffer.from('anything'))).toBe(0);
    const absurd = await encode(partsOf({ ...empty, generation: 2 ** 40 }));
    expect(generationIn(absurd)).toBe(0);
  });
});
