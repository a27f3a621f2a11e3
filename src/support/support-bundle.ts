import { availableParallelism, freemem, release, totalmem } from 'node:os';
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Balancer } from '../balancer/balancer.ts';
import type { Finding } from '../base/finding.ts';
import { version } from '../base/version.ts';
import type { ConfigDifference } from '../config/describe-differences.ts';
import { metricsText } from '../metrics/metrics.ts';
import type { LogEntry } from '../records/log-entry.ts';
import { isoTime } from '../runtime/log-time.ts';
import { ClientNames } from './client-names.ts';
import { notShown, placesOf, withKnownTexts, type KnownTexts } from './known-texts.ts';
import { makeTar, type ArchivedFile } from './tar.ts';
import { tellableEntry } from './tellable-entry.ts';

/** What a bundle tells of. */
export interface SupportSubject {
  readonly balancer: Balancer;
  /** Wall-clock times, milliseconds since 1970: when the program began to serve, and now. */
  readonly startedAtMs: number;
  readonly atMs: number;
  /** The configuration file, if there is one, and what runs otherwise than it says. */
  readonly file: string | undefined;
  readonly differences: readonly ConfigDifference[];
  /** What happened lately, the oldest first. */
  readonly entries: readonly LogEntry[];
}

/** The files of a bundle, and what is in each. */
export const supportContents: readonly (readonly [name: string, what: string])[] = [
  ['README.txt', 'this list'],
  ['about.json', 'versions of Sluice, Node.js and the system, engine, workers, times, memory'],
  [
    'configuration.json',
    'the present configuration: numbers, kinds, and names and addresses of services and servers',
  ],
  ['differences.json', 'which services, servers and options run otherwise than the file says'],
  ['overview.json', 'states, counts of sessions, bytes and probes, how full stick tables are'],
  ['findings.json', 'what lint finds in the configuration'],
  ['metrics.txt', 'all metrics, as Prometheus reads them'],
  [
    'log.jsonl',
    'the last changes of state, orders and access records; clients are called client-1, client-2, …',
  ],
];

/** What is in none of them. */
export const supportOmissions =
  'No secrets, headers, cookies, bodies, paths or queries, commands of probes, texts of servers and of programs, users,' +
  ' client addresses, entries of stick tables, variables of the environment: texts are hidden unless they are known to be harmless.';

const folder = 'sluice-support';

const configurationTexts: KnownTexts = new Map([
  ...placesOf('engine', 'services.name', 'services.mode', 'services.host'),
  ...placesOf('services.servers.name', 'services.servers.host', 'services.servers.adminState'),
  ...placesOf('*.kind', '*.onDown', '*.forwardedFor', '*.sameSite'),
]);

/** Those of the probes that there are; an own one has any. */
const probeCodes = new RegExp(
  '^(?:connected|answered|passed|failed|refused|reset|unreachable|timeout|closed|malformed|stalled|killed|body-mismatch' +
    '|probe-error|local-fault|no-names|name-conflict|name-missing|(?:status|exit|rcode)-\\d{1,3})$',
  'u',
);

const overviewTexts: KnownTexts = new Map([
  ...placesOf('engine', 'services.name', 'services.mode', 'services.status', 'services.listeners.protocol'),
  ...placesOf('services.listeners.host', 'services.listeners.state', 'services.listeners.status'),
  ...placesOf('services.listeners.servers.name', 'services.listeners.servers.host'),
  ...placesOf('*.adminState', '*.health', '*.availability'),
  ['services.listeners.servers.lastProbe.code', probeCodes],
]);

const findingTexts: KnownTexts = new Map(placesOf('rule', 'severity', 'services', 'servers', 'path', 'why'));

/** A support bundle: one `.tar.gz` without secrets and without anything of patients, for people outside. */
export async function makeSupportBundle(subject: SupportSubject): Promise<Buffer> {
  const files = filesOf(subject).map(({ name, content }) => ({ name: `${folder}/${name}`, content }));
  return promisify(gzip)(makeTar(files, subject.atMs));
}

function filesOf(subject: SupportSubject): readonly ArchivedFile[] {
  const { balancer, differences, entries } = subject;
  const clients = new ClientNames();
  const contents: Readonly<Record<string, string>> = {
    'README.txt': readme(),
    'about.json': pretty(about(subject)),
    'configuration.json': pretty(withKnownTexts(balancer.config, configurationTexts, notShown)),
    'differences.json': pretty(differences.map(tellableDifference)),
    'overview.json': pretty(withKnownTexts(balancer.overview(), overviewTexts, notShown)),
    'findings.json': pretty(balancer.findings.map(tellableFinding)),
    'metrics.txt': metricsText(balancer).text,
    'log.jsonl': entries.map((entry) => `${JSON.stringify(tellableEntry(entry, clients))}\n`).join(''),
  };
  return supportContents.map(([name]) => ({ name, content: contents[name] ?? '' }));
}

function about({ balancer, startedAtMs, atMs, file }: SupportSubject): object {
  const { name, reason } = balancer.engine;
  return {
    sluice: version,
    node: process.version,
    system: { platform: process.platform, architecture: process.arch, release: release() },
    // A message of the system may name the folder of a person.
    engine: { name, reason: reason.replaceAll(/(?:\/[^\s/:'"]+){2,}/gu, '…') },
    workers: balancer.config.workers,
    processors: availableParallelism(),
    memoryBytes: { all: totalmem(), free: freemem(), ofProcess: process.memoryUsage.rss() },
    startedAt: isoTime(startedAtMs),
    madeAt: isoTime(atMs),
    configurationFile: file === undefined ? 'none' : extname(file),
  };
}

/** Its message, and what mends it, may quote values of options. */
function tellableFinding({ mend: _, ...finding }: Finding): unknown {
  return withKnownTexts(finding, findingTexts, undefined);
}

/** Values of options may be texts that nobody knows. */
function tellableDifference({ service, server, found, isByOrder, options }: ConfigDifference): object {
  return { service, server, found, isByOrder, options: options.map(({ option }) => option) };
}

function readme(): string {
  const width = Math.max(...supportContents.map(([name]) => name.length));
  const lines = supportContents.map(([name, what]) => `${name.padEnd(width)}  ${what}`);
  return `A support bundle of Sluice.\n\n${lines.join('\n')}\n\n${supportOmissions}\n`;
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, (_key, each: unknown) => (each === Infinity ? 'Infinity' : each), 2)}\n`;
}
