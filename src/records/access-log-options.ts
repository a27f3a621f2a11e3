import { OptionReader } from '../base/options.ts';
import { accessLevels, type AccessLevel, type AccessRecord } from './access-record.ts';

/** Where an access log writes. */
export type AccessLogOutput = string | NodeJS.WritableStream | ((record: AccessRecord) => void);

/** How much of an HTTP request's path is told. */
export type PathDetail = 'masked' | 'whole' | 'none';

const pathDetails: readonly PathDetail[] = ['masked', 'whole', 'none'];
const formats = ['json', 'haproxy'] as const;

/** What an access log writes, and where. */
export interface AccessLogOptions {
  /**
   * The path of a file, which is made with mode 0640; `'-'` for standard output; a stream, whose errors are harmless and
   * which its owner ends; or a function, which gets each record at once and should be quick.
   */
  readonly to: AccessLogOutput;
  /**
   * `json`: one object a line. `haproxy`: lines as of `option httplog` and `option tcplog` of HAProxy, with the header
   * that syslog gives them. A function gets neither.
   * @default 'json'
   */
  readonly format?: 'json' | 'haproxy';
  /** Names of services. @default all */
  readonly services?: readonly string[] | undefined;
  /** The lowest level that is told; see `docs/access-log.md`. @default 'info' */
  readonly level?: AccessLevel;
  /**
   * Which share of sessions with records of level `info` is told: all of a session's records, or none. What is worse is
   * always told. 0 to 1.
   * @default 1
   */
  readonly sampleRatio?: number;
  /**
   * HTTP: `masked` leaves out parts that may name a patient, a study or a modality; `whole` tells what the client sent;
   * `none` tells no path.
   * @default 'masked'
   */
  readonly logPath?: PathDetail;
  /** HTTP: tells the query as well, unmasked. It often names patients. @default false */
  readonly logQuery?: boolean;
  /**
   * What may wait for a slow reader or disk, in bytes. Records beyond are dropped and counted. 4,096 to 1,073,741,824.
   * @default 1_048_576
   */
  readonly maxBufferedBytes?: number;
  /** How long lines may wait for more, to be written together. Milliseconds, 1 to 60,000. @default 100 */
  readonly flushIntervalMs?: number;
}

export type ResolvedAccessLogOptions = Required<Omit<AccessLogOptions, 'services'>> & {
  /** Undefined for all. */
  readonly services: readonly string[] | undefined;
};

/** Defaults of {@link AccessLogOptions}. */
export const accessLogDefaults = {
  format: 'json',
  level: 'info',
  sampleRatio: 1,
  logPath: 'masked',
  logQuery: false,
  maxBufferedBytes: 1_048_576,
  flushIntervalMs: 100,
} as const;

/** @throws OptionsError with every problem */
export function resolveAccessLogOptions(options: AccessLogOptions): ResolvedAccessLogOptions {
  const reader = new OptionReader('accessLog', options);
  const resolved = Object.freeze(readAccessLogOptions(reader));
  reader.finish();
  return resolved;
}

export function readAccessLogOptions(reader: OptionReader): ResolvedAccessLogOptions {
  const defaults = accessLogDefaults;
  const expected = "a file's path, '-', a stream or a function";
  const some = { min: 1, isRequired: false };
  const services = reader.list('services', some, (names, index) => names.string(index));
  return {
    to: reader.live('to', isLiveOutput) ?? reader.string('to', { expected }),
    format: reader.oneOf('format', formats, { default: defaults.format }),
    services: services.length === 0 ? undefined : services,
    level: reader.oneOf('level', accessLevels, { default: defaults.level }),
    sampleRatio: reader.number('sampleRatio', { min: 0, max: 1, default: defaults.sampleRatio }),
    logPath: reader.oneOf('logPath', pathDetails, { default: defaults.logPath }),
    logQuery: reader.boolean('logQuery', { default: defaults.logQuery }),
    maxBufferedBytes: reader.integer('maxBufferedBytes', {
      min: 4_096,
      max: 2 ** 30,
      default: defaults.maxBufferedBytes,
    }),
    flushIntervalMs: reader.integer('flushIntervalMs', {
      min: 1,
      max: 60_000,
      default: defaults.flushIntervalMs,
    }),
  };
}

function isLiveOutput(value: unknown): value is Exclude<AccessLogOutput, string> {
  if (typeof value === 'function') return true;
  const { write, on } = Object(value) as Partial<Record<'write' | 'on', unknown>>;
  return typeof write === 'function' && typeof on === 'function';
}
