import { resolve } from 'node:path';
import {
  readAdminServerOptions,
  type AdminServerOptions,
  type ResolvedAdminServerOptions,
} from '../admin/admin-options.ts';
import type { OptionReader } from '../base/options.ts';
import type { ControlOptions } from '../control/control-server.ts';
import { readOwnHost } from '../model/host.ts';
import {
  readAccessLogOptions,
  type AccessLogOptions,
  type ResolvedAccessLogOptions,
} from '../records/access-log-options.ts';
import {
  readSnapshotFileOptions,
  type ResolvedSnapshotFileOptions,
  type SnapshotFileOptions,
} from '../snapshot/snapshot-file-options.ts';

/** Where metrics are served over plain HTTP. All who reach the address may read them. */
export interface MetricsOptions {
  /** An IP address of this machine. @default '127.0.0.1' */
  readonly host?: string;
  /** 0 for any free one, which `sluice run` tells. 0 to 65,535. */
  readonly port: number;
}

/** {@link MetricsOptions}, complete. */
export type ResolvedMetricsOptions = Required<MetricsOptions>;

export const metricsDefaults = { host: '127.0.0.1' } as const;

/** Defaults of {@link RunOptions}. */
export const runDefaults = { reloadGraceMs: Infinity } as const;

/** What the system takes for a Unix socket: `sun_path` of unix(7), without the zero behind it. */
const maxSocketBytes = 107;

/**
 * What `sluice run` does beside the services, as a configuration file states it; a program does the same by
 * `ControlServer`, `SnapshotFile`, `accessLog()`, `metricsText()` and `Admin`. Relative paths are those of the file's folder.
 */
export interface RunOptions {
  /** The control socket; `false` for none. @default at `defaultControlPath()` */
  readonly control?: Pick<ControlOptions, 'path'> | false;
  /** The snapshot file, restored at the start. @default false */
  readonly snapshotFile?: SnapshotFileOptions | false;
  /** The access log. @default false */
  readonly accessLog?: AccessLogOptions | false;
  /** The address for Prometheus. @default false */
  readonly metrics?: MetricsOptions | false;
  /**
   * How long sessions may go on whose service a reload replaces or removes; what is left then is cut. Milliseconds, 0 to
   * 2^31-1, or Infinity: until they end, as with HAProxy without `hard-stop-after`. @default Infinity
   */
  readonly reloadGraceMs?: number;
  /** The administration page. @default false */
  readonly admin?: AdminServerOptions | false;
}

/** {@link RunOptions}, complete, with absolute paths. */
export interface ResolvedRunOptions {
  /** Undefined where the file leaves it to others. */
  readonly control: Required<Pick<ControlOptions, 'path'>> | false | undefined;
  readonly snapshotFile: ResolvedSnapshotFileOptions | false;
  readonly accessLog: ResolvedAccessLogOptions | false;
  readonly metrics: ResolvedMetricsOptions | false;
  readonly reloadGraceMs: number;
  readonly admin: ResolvedAdminServerOptions | false;
}

/**
 * Reads what a file states beside its configuration, each value by itself.
 *
 * @param folder what relative paths begin at
 */
export function readRunOptions(reader: OptionReader, folder: string): ResolvedRunOptions {
  const options = {
    control: readControl(reader, folder),
    snapshotFile: readUnlessOff(reader, 'snapshotFile', (child) => {
      const { path, ...others } = readSnapshotFileOptions(child);
      return { path: inFolder(folder, path), ...others };
    }),
    accessLog: readUnlessOff(reader, 'accessLog', (child) => {
      const { to, ...others } = readAccessLogOptions(child);
      return { to: to === '-' ? to : inFolder(folder, to), ...others };
    }),
    metrics: readUnlessOff(reader, 'metrics', (child) => ({
      host: readOwnHost(child, 'host', { default: metricsDefaults.host }),
      port: child.integer('port', { min: 0, max: 65_535 }),
    })),
    reloadGraceMs: reader.limit('reloadGraceMs', {
      min: 0,
      max: 2 ** 31 - 1,
      default: runDefaults.reloadGraceMs,
    }),
    admin: readUnlessOff(reader, 'admin', (child) => readAdmin(child, folder)),
  };
  const { control, snapshotFile = false, accessLog = false, metrics = false, reloadGraceMs } = options;
  const { admin = false } = options;
  return Object.freeze({ control, snapshotFile, accessLog, metrics, reloadGraceMs, admin });
}

/** {@link ResolvedRunOptions} as JSON can tell them. */
export interface PlainRunOptions extends Omit<ResolvedRunOptions, 'reloadGraceMs'> {
  readonly accessLog: (ResolvedAccessLogOptions & { readonly to: string }) | false;
  readonly reloadGraceMs: number | 'Infinity';
}

/** In place of a function or a stream stand words, and a text in place of `Infinity`. */
export function plainRunOptions(run: ResolvedRunOptions): PlainRunOptions {
  const { accessLog, reloadGraceMs } = run;
  const others = {
    ...run,
    reloadGraceMs: reloadGraceMs === Infinity ? ('Infinity' as const) : reloadGraceMs,
  };
  if (accessLog === false) return { ...others, accessLog };
  const { to } = accessLog;
  return { ...others, accessLog: { ...accessLog, to: typeof to === 'string' ? to : 'a live object' } };
}

function readAdmin(reader: OptionReader, folder: string): ResolvedAdminServerOptions {
  const { https, auditFile, folder: own, ...options } = readAdminServerOptions(reader);
  const files =
    typeof https === 'object'
      ? { certificate: inFolder(folder, https.certificate), key: inFolder(folder, https.key) }
      : https;
  return { ...options, folder: inFolder(folder, own), auditFile: inFolder(folder, auditFile), https: files };
}

/** Reads what a file states of the control socket alone. */
export function readControl(reader: OptionReader, folder: string): ResolvedRunOptions['control'] {
  return readUnlessOff(reader, 'control', (child) => {
    const path = inFolder(folder, child.string('path', { expected: 'the path of a Unix socket' }));
    const size = typeof path === 'string' ? Buffer.byteLength(path) : 0;
    if (size > maxSocketBytes)
      child.problem(
        'path',
        `a path of at most ${maxSocketBytes} bytes`,
        `one of ${size}, its folder included`,
      );
    return { path };
  });
}

/** @returns undefined where it is not there */
function readUnlessOff<T>(
  reader: OptionReader,
  key: keyof RunOptions,
  read: (child: OptionReader) => T,
): Readonly<T> | false | undefined {
  if (reader.isWord(key, false)) return false;
  const readWhole = (child: OptionReader): Readonly<T> => {
    const options = read(child);
    child.refuseUnknownKeys();
    return Object.freeze(options);
  };
  return reader.ifPresent(key, readWhole, { expected: 'an object of options, or false' });
}

/** Only texts are paths: something live, or wrong, stays as it is. */
function inFolder<T>(folder: string, path: T): T | string {
  return typeof path === 'string' ? resolve(folder, path) : path;
}
