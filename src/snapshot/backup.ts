import { readFile } from 'node:fs/promises';
import { OptionsError, SluiceError, type OptionProblem } from '../base/errors.ts';
import { isPlain } from '../base/plain-data.ts';
import { describe } from '../base/wording.ts';
import type { PlainConfig } from '../config/plain-config.ts';
import { writeAtomically } from '../runtime/atomic-file.ts';
import { systemClock } from '../runtime/system-runtime.ts';
import { decodeSnapshot } from './decode-snapshot.ts';
import { encodeSnapshot } from './encode-snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import type { SnapshotPart } from './snapshot-parts.ts';

/** A whole balancer in one piece: `apply` its configuration, and then `restore` it. */
export interface Backup extends Snapshot {
  /** As it was configured; orders are apart. */
  readonly config: PlainConfig;
}

/** What can be backed up: a balancer. */
export interface BackupSource {
  /** @internal */
  snapshotParts(generation: number, withConfig: boolean): AsyncIterable<SnapshotPart>;
}

/**
 * The bytes of a backup, piece by piece, for a program that stores them elsewhere: configuration, orders and tables.
 *
 * @throws OptionsError with every live object in the configuration, which no file can hold
 */
export function encodeBackup(balancer: BackupSource): AsyncGenerator<Buffer, void, undefined> {
  return encodeSnapshot(checkedParts(balancer.snapshotParts(0, true)));
}

/**
 * Reads what `encodeBackup` wrote.
 *
 * @throws SluiceError `SLUICE_ERR_SNAPSHOT` where it was cut or changed, or has no configuration
 */
export async function decodeBackup(bytes: Uint8Array): Promise<Backup> {
  const snapshot = await decodeSnapshot(bytes, systemClock);
  const { config } = snapshot;
  if (config === undefined)
    throw new SluiceError('SLUICE_ERR_SNAPSHOT', 'it is a snapshot without a configuration, and no backup');
  return { ...snapshot, config };
}

/**
 * Writes a backup atomically, for its owner alone to read.
 *
 * @throws OptionsError as `encodeBackup`
 * @throws SluiceError `SLUICE_ERR_SNAPSHOT` where the file cannot be written
 */
export async function writeBackup(path: string, balancer: BackupSource): Promise<void> {
  await named('cannot be written', path, () => writeAtomically(path, encodeBackup(balancer)));
}

/** Reads a backup. @throws SluiceError `SLUICE_ERR_SNAPSHOT` that says what is wrong with the file */
export function readBackup(path: string): Promise<Backup> {
  return named('cannot be read', path, async () => decodeBackup(await readFile(path)));
}

async function* checkedParts(parts: AsyncIterable<SnapshotPart>): AsyncGenerator<SnapshotPart> {
  for await (const part of parts) {
    const problems = part.kind === 'config' ? liveObjectsIn(part.config, '') : [];
    if (problems.length > 0) throw new OptionsError(problems);
    yield part;
  }
}

/** What JSON cannot hold. */
function liveObjectsIn(value: unknown, path: string): readonly OptionProblem[] {
  if (Array.isArray(value))
    return value.flatMap((element, index) => liveObjectsIn(element, `${path}[${index}]`));
  if (isPlain(value)) {
    const under = (key: string): string => (path === '' ? key : `${path}.${key}`);
    return Object.entries(value).flatMap(([key, element]) => liveObjectsIn(element, under(key)));
  }
  const isLive = typeof value === 'function' || (typeof value === 'object' && value !== null);
  return isLive ? [{ path, expected: 'plain data, for a backup', actual: describe(value) }] : [];
}

async function named<T>(what: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OptionsError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new SluiceError('SLUICE_ERR_SNAPSHOT', `the backup ${path} ${what}: ${why}`, { cause: error });
  }
}
