import type { OptionReader } from '../base/options.ts';

/** Where snapshots are kept, and how often they are written. */
export interface SnapshotFileOptions {
  /** The file. The one before it is kept beside it, as `<path>.previous`. Their folder must be there. */
  readonly path: string;
  /** How long after one write the next one begins, milliseconds, 1,000 to 86,400,000. @default 30_000 */
  readonly intervalMs?: number;
}

/** {@link SnapshotFileOptions}, complete. */
export type ResolvedSnapshotFileOptions = Required<SnapshotFileOptions>;

/** Defaults of {@link SnapshotFileOptions}. */
export const snapshotFileDefaults = { intervalMs: 30_000 } as const;

export function readSnapshotFileOptions(reader: OptionReader): ResolvedSnapshotFileOptions {
  const { intervalMs } = snapshotFileDefaults;
  return {
    path: reader.string('path', { expected: 'the path of a file' }),
    intervalMs: reader.integer('intervalMs', { min: 1000, max: 86_400_000, default: intervalMs }),
  };
}
