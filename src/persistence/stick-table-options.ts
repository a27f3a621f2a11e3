import type { OptionReader } from '../base/options.ts';
import { bytesPerBucket, bytesPerLink } from './stick-index.ts';
import type { AllocateBytes } from './stick-records.ts';
import { bytesPerSlot } from './stick-slots.ts';
import { bytesPerUse } from './use-order.ts';

/** What one entry costs in memory, in all: 32 bytes for itself, 8 for its place in the order of use, 8 to find it. */
export const stickTableBytesPerEntry = bytesPerSlot + bytesPerUse + bytesPerBucket + bytesPerLink;

/** Limits of a stick table, and where its memory comes from. */
export interface StickTableOptions {
  /** Milliseconds an entry is valid after its last use, 1 to a year, or Infinity. @default 1_800_000 (30 min) */
  readonly ttlMs?: number;
  /** Most entries, 1 to 2^28; the oldest goes when it is full. Memory is taken as used. @default 10_240_000 */
  readonly maxEntries?: number;
  /**
   * Key of the hash, 0 to 2^53-1. With a random one nobody can choose addresses that all collide, which
   * somebody with an IPv6 network of his own otherwise could. @default 0
   */
  readonly seed?: number;
  /** Where memory comes from, all zero. A SharedArrayBuffer will do. @default new ArrayBuffer(bytes) */
  readonly allocate?: AllocateBytes;
}

/** {@link StickTableOptions}, complete. */
export type ResolvedStickTableOptions = Required<StickTableOptions>;

/** Time and size are the defaults of HAProxy-based appliances: `stick-table size 10240k expire 30m`. */
export const stickTableDefaults: ResolvedStickTableOptions = {
  ttlMs: 1_800_000,
  maxEntries: 10_240_000,
  seed: 0,
  allocate: (bytes) => new ArrayBuffer(bytes),
};

/** The options that a configuration may state; `allocate` is for code alone. */
export function readStickTableOptions<Seed>(
  reader: OptionReader,
  seed: Seed,
): Omit<ResolvedStickTableOptions, 'allocate' | 'seed'> & { readonly seed: number | Seed } {
  const { ttlMs, maxEntries } = stickTableDefaults;
  return {
    ttlMs: reader.limit('ttlMs', { min: 1, max: 31_536_000_000, default: ttlMs }),
    maxEntries: reader.integer('maxEntries', { min: 1, max: 2 ** 28, default: maxEntries }),
    seed: reader.integer('seed', { min: 0, max: Number.MAX_SAFE_INTEGER, default: seed }),
  };
}
