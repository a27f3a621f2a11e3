import { describe, expect, it } from 'vitest';
import { Balancer } from '../../../src/balancer/balancer.ts';
import { OptionReader } from '../../../src/base/options.ts';
import { readRunOptions } from '../../../src/file/run-options.ts';
import { Listener } from '../../../src/listener/listener.ts';
import { SnatUdpForwarder } from '../../../src/listener/snat-udp-forwarder.ts';
import { rendezvous } from '../../../src/balancing/rendezvous.ts';
import { SnapshotFile } from '../../../src/snapshot/snapshot-file.ts';
import { StickTable } from '../../../src/persistence/stick-table.ts';
import { httpCookie } from '../../../src/persistence/http-cookie.ts';
import { sourceIp } from '../../../src/persistence/source-ip.ts';
import { connectProbe } from '../../../src/health/probes/connect-probe.ts';
import { externalProbe } from '../../../src/health/probes/external-probe.ts';
import { httpProbe } from '../../../src/health/probes/http-probe.ts';
import { nodeStatusProbe } from '../../../src/health/probes/node-status-probe.ts';
import { infinittPorts, infinittPreset } from '../../../src/presets/infinitt-preset.ts';
import { codeOf, Page, type Row } from './markdown.ts';
import { formatNumber, recordReads, type Read, type Reads } from './recorded-reads.ts';
import { SourceTypes, type Member } from './source-types.ts';

const page = new Page('docs/options.md');
const types = new SourceTypes();

const servers = [{ name: 'A', host: '127.0.0.1' }];
const healthCheck = { probe: { kind: 'connect' } } as const;
const pool = { servers, healthCheck, passiveHealth: {}, balance: { kind: 'rendezvous' } } as const;
const persistence = { kind: 'chain', of: [{ kind: 'sourceIp' }, { kind: 'httpCookie' }] } as const;
const fallback = { page: { body: 'closed' } };

const tcp = recordReads(
  () => new Listener({ name: 'T', port: 0, mode: 'tcp', pool, persistence: { kind: 'sourceIp' } }),
);
const http = recordReads(
  () => new Listener({ name: 'H', port: 0, mode: 'http', pool, persistence, fallback }),
);
const otherFallback = recordReads(() => {
  const server = { host: '127.0.0.1', port: 80 };
  return new Listener({ name: 'H', port: 0, mode: 'http', pool, fallback: { server } });
});
const udp = recordReads(() => new SnatUdpForwarder({ name: 'U', port: 0, pool }));
const config = recordReads(() => {
  const modes = ['tcp', 'http', 'udp', 'tcp+udp'] as const;
  const services = modes.map((mode, index) => ({ name: `S${index}`, port: 0, servers, mode }));
  return new Balancer({ services });
});
const parts = recordReads(() => [
  connectProbe(),
  httpProbe(),
  externalProbe({ command: 'true' }),
  nodeStatusProbe(),
  httpCookie(),
  sourceIp(),
  rendezvous(),
  new StickTable(),
]);
const preset = recordReads(() => infinittPreset({ vip: '127.0.0.1', servers }));
const stopped = new Listener({ name: 'S', port: 0, mode: 'tcp', pool });
const log = recordReads(() => void stopped.accessLog({ to: () => undefined, services: ['S'] }).close());
const snapshots = recordReads(() => {
  const persistence = { kind: 'sourceIp' } as const;
  const balancer = new Balancer({ services: [{ name: 'S', port: 0, servers, mode: 'tcp', persistence }] });
  return [balancer.table('S').entries(), new SnapshotFile(balancer, { path: 'sluice.snapshot' })];
});
const run = recordReads(() => {
  const stated = { metrics: { port: 0 }, admin: { folder: 'admin' } };
  return readRunOptions(new OptionReader('', stated), '/');
});
const orders = recordReads(() => [void stopped.stop(), void stopped.drain({ server: 'A' })]);

/** Where the code reads the options of each table; several tables may be read from one object. */
const readings: readonly (readonly [reads: Reads, path: string, ...types: string[]])[] = [
  [tcp, 'listener', 'BaseListenerOptions', 'CommonListenerOptions', 'TcpListenerOptions', 'TcpOptions'],
  [http, 'listener', 'BaseListenerOptions', 'CommonListenerOptions', 'HttpListenerOptions', 'HttpOptions'],
  [http, 'listener.fallback', 'FallbackOptions'],
  [otherFallback, 'listener.fallback', 'FallbackOptions'],
  [http, 'listener.fallback.page', 'FallbackPage'],
  [udp, 'forwarder', 'BaseListenerOptions', 'UdpOptions'],
  [tcp, 'listener.pool', 'PoolOptions'],
  [tcp, 'listener.pool.servers[0]', 'ServerOptions'],
  [tcp, 'listener.pool.healthCheck', 'HealthCheckOptions'],
  [tcp, 'listener.pool.healthCheck.probe', 'ProbeSpec', 'ConnectProbeOptions'],
  [tcp, 'listener.pool.passiveHealth', 'PassiveHealthOptions'],
  [tcp, 'listener.pool.balance', 'BalancingSpec', 'AddressPrefixOptions'],
  [http, 'listener.persistence', 'ChainSpec'],
  [http, 'listener.persistence.of[1]', 'HttpCookieSpec', 'HttpCookieOptions'],
  [config, '', 'BalancerConfig'],
  [parts, 'connectProbe', 'ConnectProbeOptions'],
  [parts, 'httpProbe', 'HttpProbeOptions'],
  [parts, 'externalProbe', 'ExternalProbeOptions'],
  [parts, 'nodeStatusProbe', 'NodeStatusProbeOptions'],
  [parts, 'httpCookie', 'HttpCookieOptions'],
  [parts, 'rendezvous', 'AddressPrefixOptions'],
  [parts, 'stickTable', 'StickTableOptions'],
  [preset, 'infinittPreset', 'InfinittPresetOptions'],
  [preset, 'infinittPreset.serverPorts', 'InfinittPorts'],
  [orders, 'stop', 'StopOptions'],
  [orders, 'drain', 'DrainOptions'],
  [log, 'accessLog', 'AccessLogOptions'],
  [snapshots, 'entries', 'TableSelection'],
  [snapshots, 'snapshotFile', 'SnapshotFileOptions'],
  [run, '', 'RunOptions'],
  [run, 'metrics', 'MetricsOptions'],
  [run, 'admin', 'AdminServerOptions'],
];

/** Which options a service of each mode has in a configuration, all in one object. */
const flatServices: readonly (readonly [path: string, types: readonly string[]])[] = [
  ['services[0]', ['CommonListenerOptions', 'TcpOptions']],
  ['services[1]', ['CommonListenerOptions', 'HttpOptions']],
  ['services[2]', ['UdpOptions']],
  ['services[3]', ['CommonListenerOptions', 'TcpOptions', 'TcpUdpServiceConfig']],
];

const documentable = /(Options|Spec|Config|Settings|Page|Ports|Selection|InfinittServer)$/;

/** Exported types of options, and those that they are made of, as far as they state fields themselves. */
function optionTypes(): readonly string[] {
  const found = new Set(types.exported.filter((name) => isOptionType(name)));
  for (const name of found) {
    for (const mentioned of types.mentionedIn(name)) if (isOptionType(mentioned)) found.add(mentioned);
  }
  return [...found].filter((name) => types.ownMembers(name).length > 0).sort();
}

function isOptionType(name: string): boolean {
  return (
    documentable.test(name) && !/^(Resolved|Plain)/u.test(name) && types.has(name) && !types.isOfEngine(name)
  );
}

interface Table {
  readonly names: readonly string[];
  readonly rows: readonly Row[];
}

const tables: readonly Table[] = page.sections
  .filter(({ heading, rows }) => rows.length > 0 && heading.split(', ').every(isOptionType))
  .map(({ heading, rows }) => ({ names: heading.split(', '), rows }));

function nameIn([cell = '']: Row): string {
  return codeOf(cell)[0] ?? '';
}

function sortedSet(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

describe('docs/options.md', () => {
  it('has a table for every type of options', () => {
    expect(tables.flatMap(({ names }) => names).sort()).toEqual(optionTypes());
  });

  it('lists the ports of the preset', () => {
    const ports = page.rowsOf('InfinittPorts').map((row) => [nameIn(row), literalOf(row[3] ?? '')?.value]);
    expect(Object.fromEntries(ports)).toEqual(infinittPorts);
  });

  it.each(tables.map((table) => [table.names.join(', '), table] as const))(
    '%s: names, required ones, and defaults are those of the types',
    (_, { names, rows }) => {
      const members = names.flatMap((name) => types.ownMembers(name));
      expect(sortedSet(rows.map(nameIn))).toEqual(sortedSet(members.map(({ name }) => name)));
      expect(rows.length, 'each option once').toBe(sortedSet(rows.map(nameIn)).length);
      // Ports are always given in part, and the preset completes them.
      if (names.includes('InfinittPorts')) return;
      for (const row of rows) expectRequiredAsTyped(row, members);
    },
  );

  it.each(readings.map((reading) => [reading[1], reading] as const))(
    'the code reads at "%s" what the tables list, with these ranges and defaults',
    (_, [reads, path, ...names]) => {
      const options = reads.get(path) ?? new Map<string, Read | undefined>();
      const listed = names.flatMap((name) => types.ownMembers(name).map((member) => member.name));
      expect(sortedSet([...options.keys()])).toEqual(sortedSet(listed));
      for (const name of names) expectRowsAsRead(name, options);
    },
  );

  it.each(flatServices)(
    'a service at "%s" of a configuration has the options that the text says',
    (path, names) => {
      const listed = [...names, 'BaseListenerOptions', 'PoolOptions'].flatMap((name) =>
        types.ownMembers(name),
      );
      const isCodeOnly = (name: string): boolean => ['pool', 'engine', 'runtime', 'facts'].includes(name);
      const expected = listed.map(({ name }) => name).filter((name) => !isCodeOnly(name));
      expect(sortedSet([...(config.get(path)?.keys() ?? [])])).toEqual(sortedSet([...expected, 'mode']));
    },
  );
});

function expectRequiredAsTyped(row: Row, members: readonly Member[]): void {
  const [, , , fallback = ''] = row;
  const same = members.filter(({ name }) => name === nameIn(row));
  const isRequired = same.every(({ isOptional }) => !isOptional);
  expect(fallback === 'required', `${nameIn(row)} is required`).toBe(isRequired);
  const literal = literalOf(fallback);
  for (const { defaultText } of same) {
    const stated = defaultText === undefined ? undefined : literalOf(statedDefault(defaultText));
    if (literal !== undefined && stated !== undefined)
      expect(literal, `${nameIn(row)} @default`).toEqual(stated);
  }
}

/** What a comment says first after `@default`, in milliseconds where it names minutes or hours. */
function statedDefault(text: string): string {
  const [, amount, unit] = /^(\d+) (min|h)\b/u.exec(text) ?? [];
  if (amount !== undefined) return `\`${Number(amount) * (unit === 'h' ? 3_600_000 : 60_000)}\``;
  const [word = ''] = /^('[^']*'|\[[^\]]*\]|[\w.]+)/u.exec(text) ?? [];
  return `\`${word}\``;
}

/** Where several types share a table, a range may be that of another one of them. */
function expectRowsAsRead(name: string, reads: ReadonlyMap<string, Read | undefined>): void {
  const table = tables.find(({ names }) => names.includes(name));
  const isShared = (table?.names.length ?? 0) > 1;
  for (const row of table?.rows ?? []) {
    const read = reads.get(nameIn(row));
    if (read === undefined) continue;
    const [option = '', , range = '', fallback = ''] = row;
    if (isShared) expect(withDefaults(range, table?.rows ?? [])).toContain(read.range);
    else expect(withDefaults(range, table?.rows ?? []), `range of ${option}`).toBe(read.range);
    expectDefaultAsRead(option, fallback, read);
  }
}

/** A default that the code computes, or makes later, is described in words. */
function expectDefaultAsRead(option: string, cell: string, { fallback }: Read): void {
  const literal = literalOf(cell);
  if (literal !== undefined && fallback !== undefined)
    expect(literal.value, `default of ${option}`).toEqual(fallback);
  else if (typeof fallback === 'boolean') expect(cell).toContain(`\`${fallback}\``);
}

/** The value of a cell that is one literal in backticks, such as `5_000` or `'replace'`. */
function literalOf(cell: string): { readonly value: unknown } | undefined {
  const [, code] = /^`([^`]+)`$/u.exec(cell) ?? [];
  if (code === undefined) return undefined;
  if (code === 'Infinity') return { value: Infinity };
  try {
    return { value: JSON.parse(code.replaceAll("'", '"').replaceAll(/(?<=\d)_(?=\d)/gu, '')) as unknown };
  } catch {
    return undefined;
  }
}

/** A range such as "1 to `idleTimeoutMs`" with the default of that option in place of its name. */
function withDefaults(range: string, rows: readonly Row[]): string {
  return range.replaceAll(/`(\w+)`/gu, (code, name: string) => {
    const row = rows.find((candidate) => nameIn(candidate) === name);
    const value = literalOf(row?.[3] ?? '')?.value;
    return typeof value === 'number' ? formatNumber(value) : code;
  });
}
