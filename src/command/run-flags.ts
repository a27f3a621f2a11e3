import { resolve } from 'node:path';
import type { ResolvedMetricsOptions, ResolvedRunOptions } from '../file/run-options.ts';
import { resolveAccessLogOptions, type ResolvedAccessLogOptions } from '../records/access-log-options.ts';
import { snapshotFileDefaults } from '../snapshot/snapshot-file-options.ts';

/** Flags of `sluice run`. */
export interface RunFlags {
  /** Whether the file is read again when it changes. */
  readonly watch: boolean;
  /** How long sessions under way may go on at a stop, milliseconds. */
  readonly grace: number;
  /** How long sessions of what a reload replaces may go on, milliseconds. */
  readonly reloadGrace?: number;
  /** How many access records of each service are kept for `sluice log`. */
  readonly recent: number;
  /** As the next two, false where there is to be none. */
  readonly snapshot?: string | false;
  readonly accessLog?: string | false;
  readonly logFormat?: ResolvedAccessLogOptions['format'];
  readonly metrics?: ResolvedMetricsOptions | false;
}

/** What `sluice run` goes by. */
export interface OptionsInForce extends ResolvedRunOptions {
  readonly control: { readonly path: string } | false;
}

/**
 * What a file states with flags put in: each takes the place of one option, and others stay as the file has them. Paths of
 * flags begin at the folder that the command is called in.
 *
 * @param controlPath where the control socket is, all in all; false for none
 * @throws OptionsError for a wrong flag
 */
export function withFlags(
  run: ResolvedRunOptions,
  flags: RunFlags,
  controlPath: string | false,
): OptionsInForce {
  const { metrics, reloadGrace } = flags;
  return Object.freeze({
    control: controlPath !== false && { path: controlPath },
    snapshotFile: snapshotFileWith(run, flags),
    accessLog: accessLogWith(run, flags),
    metrics: metrics ?? run.metrics,
    reloadGraceMs: reloadGrace ?? run.reloadGraceMs,
    admin: run.admin,
  });
}

function snapshotFileWith(
  { snapshotFile }: ResolvedRunOptions,
  { snapshot: path }: RunFlags,
): ResolvedRunOptions['snapshotFile'] {
  if (path === undefined) return snapshotFile;
  return path !== false && { ...snapshotFileDefaults, ...snapshotFile, path: resolve(path) };
}

function accessLogWith(
  { accessLog }: ResolvedRunOptions,
  { accessLog: path, logFormat: format }: RunFlags,
): ResolvedRunOptions['accessLog'] {
  const to =
    path === undefined ? accessLog && accessLog.to : path === '-' || path === false ? path : resolve(path);
  if (to === false) return false;
  return resolveAccessLogOptions({ ...accessLog, to, ...(format === undefined ? {} : { format }) });
}
