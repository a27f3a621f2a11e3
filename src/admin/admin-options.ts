import type { OptionReader } from '../base/options.ts';
import { IpAddress } from '../model/address.ts';
import { hostKey, readOwnHost } from '../model/host.ts';

/** A certificate and its key, as files in PEM form. They are read again when they change. */
export interface CertificateFiles {
  /** The certificate, and those between it and the authority. */
  readonly certificate: string;
  /** Its private key. */
  readonly key: string;
}

/** How the administration is served. */
export interface AdminServerOptions {
  /** Where users, a certificate that is made here and the audit log are kept. It is made for this user alone. */
  readonly folder: string;
  /** An IP address of this machine. @default '127.0.0.1' */
  readonly host?: string;
  /** 0 for any free one. 0 to 65,535. @default 9443 */
  readonly port?: number;
  /**
   * A certificate; `selfSigned` for one that is made here; or false for plain HTTP, which anybody on the way can read. It has to
   * be said where `host` is not loopback.
   * @default false on loopback
   */
  readonly https?: CertificateFiles | 'selfSigned' | false;
  /** Names and addresses that browsers call it by, besides its own address. @default [] */
  readonly hosts?: readonly string[];
  /** Where the audit log is. @default `audit.jsonl` in `folder` */
  readonly auditFile?: string;
  /** How long a log-in lasts without a call, milliseconds; 60,000 to 604,800,000. @default 1_800_000 */
  readonly logInIdleMs?: number;
  /** How long a log-in lasts at most, milliseconds; 60,000 to 2,592,000,000. @default 43_200_000 */
  readonly logInMaxMs?: number;
  /** Connections at once. 10 to 10,000. @default 256 */
  readonly maxConnections?: number;
  /** Whether `/metrics` needs no log-in. @default false */
  readonly publicMetrics?: boolean;
  /**
   * Whether browsers are told to use nothing but HTTPS with this host name from now on (`Strict-Transport-Security`). That goes for
   * all its ports: switch it off where a service of plain HTTP has the same name.
   * @default true
   */
  readonly strictTransport?: boolean;
}

/** {@link AdminServerOptions}, complete. */
export type ResolvedAdminServerOptions = Required<AdminServerOptions>;

/** Defaults of {@link AdminServerOptions}. */
export const adminDefaults = {
  host: '127.0.0.1',
  port: 9443,
  logInIdleMs: 1_800_000,
  logInMaxMs: 43_200_000,
  maxConnections: 256,
  publicMetrics: false,
  strictTransport: true,
} as const;

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const aFile = { expected: 'the path of a file' } as const;

/** Reads the options. The caller looks for unknown ones. */
export function readAdminServerOptions(reader: OptionReader): ResolvedAdminServerOptions {
  const host = readOwnHost(reader, 'host', { default: adminDefaults.host });
  const folder = reader.string('folder', { expected: 'the path of a folder' });
  return {
    folder,
    host,
    port: reader.integer('port', { min: 0, max: 65_535, default: adminDefaults.port }),
    https: readHttps(reader, host),
    hosts: readHosts(reader),
    auditFile: reader.string('auditFile', { ...aFile, default: `${folder}/audit.jsonl` }),
    logInIdleMs: reader.integer('logInIdleMs', {
      min: minuteMs,
      max: 7 * dayMs,
      default: adminDefaults.logInIdleMs,
    }),
    logInMaxMs: reader.integer('logInMaxMs', {
      min: minuteMs,
      max: 30 * dayMs,
      default: adminDefaults.logInMaxMs,
    }),
    maxConnections: reader.integer('maxConnections', {
      min: 10,
      max: 10_000,
      default: adminDefaults.maxConnections,
    }),
    publicMetrics: reader.boolean('publicMetrics', { default: adminDefaults.publicMetrics }),
    strictTransport: reader.boolean('strictTransport', { default: adminDefaults.strictTransport }),
  };
}

/** Is it an address that only this machine reaches? */
export function isLoopback(host: string): boolean {
  return IpAddress.parse(host)?.isLoopback === true;
}

function readHttps(reader: OptionReader, host: string): ResolvedAdminServerOptions['https'] {
  if (reader.isWord('https', false)) return false;
  if (reader.isWord('https', 'selfSigned')) return 'selfSigned';
  const expected = "the files `certificate` and `key`, 'selfSigned', or false for plain HTTP";
  const files = reader.ifPresent(
    'https',
    (child) => {
      const found = { certificate: child.string('certificate', aFile), key: child.string('key', aFile) };
      child.refuseUnknownKeys();
      return found;
    },
    { expected },
  );
  // An address that is none is told as such.
  if (files === undefined && !isLoopback(host) && IpAddress.parse(host) !== undefined)
    reader.problem('https', expected);
  return files ?? false;
}

function readHosts(reader: OptionReader): readonly string[] {
  const rule = {
    pattern: /^[\w.:-]{1,253}$/u,
    expected: 'a host name or an IP address, without a port',
  } as const;
  const hosts = reader.list('hosts', {}, (elements, index) => elements.string(index, rule));
  return hosts.filter((host): host is string => typeof host === 'string').map(hostKey);
}
