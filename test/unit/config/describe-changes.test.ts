import { describe, expect, it } from 'vitest';
import type { BalancerConfig, ServiceConfig } from '../../../src/config/balancer-config.ts';
import { describeChanges, type ConfigChange } from '../../../src/config/describe-changes.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import { httpCookie } from '../../../src/persistence/http-cookie.ts';

const servers = [
  { name: 'A', host: '10.0.0.1' },
  { name: 'B', host: '10.0.0.2', port: 11_112 },
];
const dicom = { name: 'DICOM', mode: 'tcp', host: '10.0.0.9', port: 104, servers } as const;
const web = {
  name: 'WEB',
  mode: 'http',
  port: 80,
  servers,
  persistence: {
    kind: 'chain',
    of: [
      { kind: 'httpCookie', secret: 'old' },
      { kind: 'sourceIp', table: 'clients' },
    ],
  },
} as const;

type Part = Partial<Omit<BalancerConfig, 'services'>>;

function changes(
  before: readonly ServiceConfig[],
  after: readonly ServiceConfig[],
  parts: readonly [Part, Part] = [{}, {}],
): readonly ConfigChange[] {
  return describeChanges(
    readConfig({ ...parts[0], services: before }),
    readConfig({ ...parts[1], services: after }),
  );
}

const textOf = (found: readonly ConfigChange[]): readonly string[] => found.map(({ text }) => text);

describe('what another configuration would change', () => {
  it('is nothing where the two are the same', () => {
    expect(changes([dicom, web], [web, { ...dicom, backlog: 511 }])).toEqual([]);
  });

  it('is a service that is new, or gone', () => {
    const found = changes([dicom], [{ ...dicom, name: 'MWL', port: 204, servers: servers.slice(1) }]);
    expect(found).toEqual([
      {
        kind: 'serviceAdded',
        service: 'MWL',
        options: [],
        text: 'service MWL is added: tcp on 10.0.0.9:204, 1 server',
      },
      {
        kind: 'serviceRemoved',
        service: 'DICOM',
        options: [],
        text: 'service DICOM is removed; its sessions have the grace time',
      },
    ]);
  });

  it('is the options of a service', () => {
    const persistence = { kind: 'sourceIp', ttlMs: 5_400_000 } as const;
    const [change, ...more] = changes(
      [dicom],
      [
        {
          ...dicom,
          host: '::1',
          idleTimeoutMs: Infinity,
          persistence,
          healthCheck: { probe: { kind: 'connect' } },
        },
      ],
    );
    expect(more).toEqual([]);
    expect(change).toMatchObject({ kind: 'serviceReplaced', service: 'DICOM' });
    expect(change?.options).toEqual(
      expect.arrayContaining([
        { option: 'host', from: '10.0.0.9', to: '::1' },
        { option: 'idleTimeoutMs', from: 3_600_000, to: 'Infinity' },
        { option: 'persistence.kind', from: 'none', to: 'sourceIp' },
        { option: 'persistence.ttlMs', from: undefined, to: 5_400_000 },
      ]),
    );
    expect(change?.text).toMatch(/^service DICOM is replaced, its sessions have the grace time: /u);
    expect(change?.text).toContain('idleTimeoutMs 1h → Infinity; ');
    expect(change?.text).toContain('persistence.ttlMs none → 1h30m');
  });

  it('is in the half of UDP as well, under its name', () => {
    const both = { ...dicom, mode: 'tcp+udp' } as const;
    const found = changes([both], [{ ...both, udp: { idleTimeoutMs: 60_000 } }]);
    expect(found.map(({ options }) => options)).toEqual([
      [{ option: 'udp.idleTimeoutMs', from: 30_000, to: 60_000 }],
    ]);
  });

  it('is the servers of a service', () => {
    const next = [
      { ...servers[1]!, weight: 3, adminState: 'drain' } as const,
      { name: 'C', host: 'c', port: 1 },
    ];
    expect(textOf(changes([dicom], [{ ...dicom, servers: next }]))).toEqual([
      'server B of DICOM: weight 1 → 3; adminState online → drain',
      'server C is added to DICOM: c:1',
      'server A is removed from DICOM; its sessions go on',
    ]);
    const moved = changes(
      [dicom],
      [{ ...dicom, servers: [servers[0]!, { ...servers[1]!, host: '10.0.0.3' }] }],
    );
    expect(moved).toEqual([
      {
        kind: 'serverReplaced',
        service: 'DICOM',
        server: 'B',
        options: [{ option: 'host', from: '10.0.0.2', to: '10.0.0.3' }],
        text: 'server B of DICOM is replaced: host 10.0.0.2 → 10.0.0.3',
      },
    ]);
  });

  it('tells no secret', () => {
    const [cookie, table] = web.persistence.of;
    const probe = (token: string): object => ({ probe: { kind: 'http', headers: { Authorization: token } } });
    const next = {
      ...web,
      persistence: { ...web.persistence, of: [{ ...cookie, secret: 'new' }, table] },
    } as const;
    const found = changes(
      [{ ...web, healthCheck: probe('one') } as ServiceConfig],
      [{ ...next, healthCheck: probe('two') } as ServiceConfig],
    );
    expect(found[0]?.text).toContain('persistence.of[0].secret differs');
    expect(JSON.stringify(found)).not.toMatch(/old|new|one|two/u);
    const removed = changes(
      [{ ...web, persistence: { ...web.persistence, of: [cookie] } }],
      [{ ...web, persistence: table }],
    );
    expect(JSON.stringify(removed)).not.toContain('old');
  });

  it('is a live object in place of another', () => {
    const found = changes([{ ...web, persistence: httpCookie() }], [{ ...web, persistence: httpCookie() }]);
    expect(found[0]?.kind).toBe('serviceReplaced');
  });

  it('leaves the engine and the workers to the next start', () => {
    expect(textOf(changes([dicom], [dicom], [{}, { engine: 'portable' }]))).toEqual([
      'engine auto → portable: not before the next start',
    ]);
  });
});
