import { describe, expect, it } from 'vitest';
import { Balancer, infinittPreset, type BalancerConfig, type ServiceConfig } from '../../../src/index.ts';

const pacs1 = { name: 'pacs1', host: '192.0.2.11' };
const pacs2 = { name: 'pacs2', host: '192.0.2.12' };
const dicom = {
  name: 'DICOM',
  mode: 'tcp',
  host: '127.0.0.1',
  port: 11_104,
  persistence: { kind: 'sourceIp' },
  servers: [pacs1, pacs2],
} as const satisfies ServiceConfig;
const said: BalancerConfig = { services: [dicom] };

function differences(balancer: Balancer, file = said): readonly string[] {
  return balancer.differencesFrom(file).map(({ text }) => text);
}

describe('what runs otherwise than a configuration says', () => {
  it('is nothing at first, whatever the configuration leaves out', () => {
    const preset = infinittPreset({ vip: '127.0.0.1', servers: [pacs1, pacs2] });
    for (const config of [said, preset]) expect(differences(new Balancer(config), config)).toEqual([]);
  });

  it('is each order, and what keeps it', () => {
    const balancer = new Balancer(said);
    void balancer.drain({ server: 'pacs2' });
    balancer.setWeight({ server: 'pacs1', weight: 7 });
    expect(differences(balancer)).toEqual([
      'pacs1 of DICOM: weight 7 by order, file says 1; --save keeps it',
      'pacs2 of DICOM: drained by order, file says online; --save keeps it',
    ]);
    balancer.halt({ server: 'pacs2' });
    expect(differences(balancer)[1]).toContain('halted by order, file says online');
    balancer.online({ server: 'pacs2' });
    balancer.setWeight({ server: 'pacs1', weight: 1 });
    expect(differences(balancer)).toEqual([]);
  });

  it('is no order where the file was changed and not applied', () => {
    const changed = { services: [{ ...dicom, servers: [{ ...pacs1, weight: 5 }, pacs2] }] };
    const balancer = new Balancer(said);
    expect(balancer.differencesFrom(changed)).toMatchObject([
      {
        service: 'DICOM',
        server: 'pacs1',
        found: 'differs',
        isByOrder: false,
        text: 'pacs1 of DICOM: weight 1, file says 5',
      },
    ]);
    balancer.halt({ server: 'pacs1' });
    expect(differences(balancer, changed)).toEqual([
      'pacs1 of DICOM: weight 1, file says 5; halted by order, file says online',
    ]);
  });

  it('is what one side has alone; a name that a table was given is none', async () => {
    const balancer = new Balancer(said);
    await balancer.duplicate('DICOM', { name: 'QUERY', port: 11_105 });
    await balancer.addServer({ server: { name: 'pacs3', host: '192.0.2.13' }, service: 'DICOM' });
    await balancer.removeServer({ server: 'pacs1', service: 'DICOM' });
    expect(balancer.differencesFrom(said)).toMatchObject([
      {
        ...{ service: 'DICOM', server: 'pacs3', found: 'not in the file', options: [], isByOrder: false },
        text: 'pacs3 of DICOM: not in the file; add-server with --save keeps it',
      },
      { service: 'DICOM', server: 'pacs1', found: 'in the file only' },
      {
        ...{ service: 'QUERY', server: undefined, found: 'not in the file' },
        text: 'QUERY: not in the file; duplicate with --save keeps it',
      },
    ]);
  });

  it('is every other option, and tells no secret', async () => {
    const web = { ...dicom, mode: 'http', persistence: { kind: 'httpCookie', secret: 'first' } } as const;
    const balancer = new Balancer({ services: [web] });
    await balancer.apply({
      services: [{ ...web, queueTimeoutMs: 90_000, persistence: { kind: 'httpCookie', secret: 'second' } }],
    });
    const [text = ''] = differences(balancer, { workers: 0, services: [web] });
    expect(text).toMatch(/^DICOM: .*queueTimeoutMs 1m30s, file says/u);
    expect(text).toContain('persistence.secret differs');
    expect(text).not.toMatch(/first|second|--save/u);
    expect(differences(balancer, { workers: 2, services: [{ ...dicom, name: 'QUERY' }] })).toEqual([
      'the process: workers 0, file says 2',
      'DICOM: not in the file; duplicate with --save keeps it',
      'QUERY: in the file only',
    ]);
  });
});

describe('the revision', () => {
  it('is another one after each change, and after no question', async () => {
    const balancer = new Balancer(said);
    const seen = [balancer.revision];
    const changes = [
      async () => {
        balancer.halt({ server: 'pacs1' });
      },
      async () => {
        balancer.setWeight({ server: 'pacs2', weight: 3 });
      },
      () => balancer.duplicate('DICOM', { name: 'QUERY', port: 11_105 }),
      () => balancer.apply(said),
      () => balancer.apply(said),
    ];
    for (const change of changes) {
      await change();
      expect(seen).not.toContain(balancer.revision);
      seen.push(balancer.revision);
    }
    const before = balancer.revision;
    balancer.overview();
    balancer.plan(said);
    balancer.differencesFrom(said);
    balancer.halt({ server: 'pacs1' });
    expect(balancer.revision).toBe(before);
  });
});
