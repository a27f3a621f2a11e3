import { afterEach, describe, expect, it } from 'vitest';
import {
  Balancer,
  HealthCheck,
  httpProbe,
  Listener,
  OptionsError,
  Pool,
  type ServerOptions,
  type ServerSelection,
} from '../../src/index.ts';

const balancers: Balancer[] = [];

afterEach(async () => {
  for (const balancer of balancers.splice(0)) await balancer.stop({ graceMs: 0 });
});

/** As programs without a compiler write it. */
function loose(value: unknown): never {
  return value as never;
}

function problemsOf(make: () => unknown): OptionsError['problems'] {
  try {
    make();
  } catch (error) {
    if (error instanceof OptionsError) return error.problems;
    throw error;
  }
  return [];
}

function makeBalancer(): Balancer {
  const servers = [{ name: 'A', host: '192.0.2.1' }];
  const balancer = new Balancer({ services: [{ name: 'DICOM', mode: 'tcp', port: 104, servers }] });
  balancers.push(balancer);
  return balancer;
}

describe('defect 29: hosts', () => {
  it.each([
    ['127.0.0.11:104', '`port`'],
    ['pacs1.hospital.example:104', '`port`'],
    ['[2001:db8::1]:104', 'brackets'],
    ['127.0.0.300', 'four numbers'],
    ['10.1', 'four numbers'],
    ['1.2.3.4.5', 'four numbers'],
    ['pacs.0x1f', 'host name'],
    ['http://pacs', 'scheme'],
    ['pacs..example', 'host name'],
    ['-pacs', 'host name'],
    ['pacs one', 'host name'],
    [`${'x'.repeat(64)}.example`, 'host name'],
  ])('%s is none', (host, hint) => {
    const [pooled] = problemsOf(() => new Pool({ servers: [{ name: 'A', host }] }));
    expect(pooled).toMatchObject({ path: 'pool.servers[0].host' });
    expect(pooled?.expected).toContain(hint);
    const fallback = { server: { host, port: 80 } };
    const web = { name: 'WEB', mode: 'http', port: 80, pool: { servers: [] }, fallback } as const;
    expect(problemsOf(() => new Listener(web))).toMatchObject([{ expected: pooled?.expected }]);
  });

  it.each([
    '127.0.0.1',
    '::1',
    'fe80::1%eth0',
    'pacs1',
    'INF_PACS1',
    'pacs1.hospital.example.',
    '3com.example',
  ])('%s is one', (host) => {
    expect(problemsOf(() => new Pool({ servers: [{ name: 'A', host }] }))).toEqual([]);
  });
});

describe('defect 29: two servers with one address', () => {
  const port = 104;

  it.each<[string, Partial<ServerOptions>, Partial<ServerOptions>]>([
    ['stated twice', { host: '192.0.2.1', port }, { host: '192.0.2.1', port }],
    ['in two ways of writing', { host: 'PACS.example' }, { host: 'pacs.example.' }],
    ['of IPv4 in IPv6', { host: '192.0.2.1' }, { host: '::ffff:192.0.2.1' }],
    ['on the port of the service', { host: '192.0.2.1' }, { host: '192.0.2.1', port }],
  ])('are refused: %s', (_how, one, other) => {
    const servers = [
      { name: 'A', ...one },
      { name: 'B', ...other },
    ] as ServerOptions[];
    const make = (): unknown => new Balancer({ services: [{ name: 'DICOM', mode: 'tcp', port, servers }] });
    expect(problemsOf(make)).toMatchObject([{ path: 'services[0].servers[1]' }]);
    const alone = (): unknown => new Listener({ name: 'DICOM', mode: 'tcp', port, pool: { servers } });
    expect(problemsOf(alone)).toMatchObject([
      { path: expect.stringMatching(/pool\.servers\[1\]$/u) as string },
    ]);
  });

  it('are two where their ports differ', () => {
    const host = '192.0.2.1';
    const servers = [
      { name: 'A', host },
      { name: 'B', host, port: 105 },
      { name: 'C', host, port: 106 },
    ];
    const make = (): unknown => new Balancer({ services: [{ name: 'DICOM', mode: 'tcp', port, servers }] });
    expect(problemsOf(make)).toEqual([]);
  });
});

describe('defect 29: orders', () => {
  it.each<[string, (balancer: Balancer) => unknown, string]>([
    ['drain({ server, deadline: 5 })', (b) => b.drain(loose({ server: 'A', deadline: 5 })), "'deadlineMs'"],
    ['online({ Service })', (b) => b.online(loose({ server: 'A', Service: 'DICOM' })), "'service'"],
    ['halt({ Server })', (b) => b.halt(loose({ Server: 'A' })), "'server'"],
    ['setWeight({ server, wieght })', (b) => b.setWeight(loose({ server: 'A', wieght: 3 })), "'weight'"],
    ["halt('A')", (b) => b.halt(loose('A')), "{ server: 'A' }"],
    ['halt()', (b) => b.halt(loose(undefined)), 'an object'],
    ['halt({ server: 5 })', (b) => b.halt(loose({ server: 5 })), "a server's name"],
    ['stop({ grace: 5 })', (b) => b.stop(loose({ grace: 5 })), "'graceMs'"],
  ])('%s is refused, and nothing is done', async (_what, order, hint) => {
    const balancer = makeBalancer();
    const refusal = (async () => order(balancer))();
    await expect(refusal).rejects.toThrow(hint);
    await expect(refusal).rejects.toBeInstanceOf(OptionsError);
    expect(balancer.overview().services[0]?.listeners[0]?.servers[0]?.adminState).toBe('online');
  });

  it('that are right are carried out', async () => {
    const balancer = makeBalancer();
    const order: ServerSelection = { server: 'A', service: 'DICOM' };
    balancer.halt(order);
    balancer.setWeight({ ...order, weight: 2 });
    balancer.online({ server: 'A' });
    expect([...(await balancer.drain({ ...order, deadlineMs: 5 }))]).toEqual([['DICOM', 'empty']]);
  });
});

describe('defect 29: events', () => {
  const servers = [{ name: 'A', host: '192.0.2.1' }];

  it.each(['on', 'once', 'off'] as const)('%s() knows their names', (method) => {
    const listener = new Listener({ name: 'DICOM', mode: 'tcp', port: 104, pool: { servers } });
    for (const source of [makeBalancer(), listener]) {
      const listen = (name: string, handler: unknown = () => undefined): unknown =>
        source[method](loose(name), loose(handler));
      expect(() => listen('serverHealthChange')).toThrow("'serverHealthChanged'");
      expect(() => listen('serverDown')).toThrow('serverHealthChanged');
      expect(() => listen('toString')).toThrow(OptionsError);
      expect(() => listen('serverAdded', 'not a function')).toThrow(OptionsError);
      expect(() => listen('handlerFailed')).not.toThrow();
    }
  });
});

describe('defect 29: what belongs elsewhere', () => {
  const servers = [{ name: 'A', host: '192.0.2.1' }];

  it.each(['udp', 'tcp+udp'])('a Listener says where mode %s is to be had', (mode) => {
    const make = (): unknown => new Listener(loose({ name: 'X', mode, port: 137, pool: { servers } }));
    expect(make).toThrow('SnatUdpForwarder');
  });

  it('a probe is no health check, but may be that of one', () => {
    const make = (): unknown => new Pool({ servers, healthCheck: loose(httpProbe()) });
    expect(problemsOf(make)).toMatchObject([{ path: 'pool.healthCheck' }]);
    expect(make).toThrow('{ probe: httpProbe() }');
    expect(() => new Pool({ servers, healthCheck: new HealthCheck({ probe: httpProbe() }) })).not.toThrow();
  });
});
