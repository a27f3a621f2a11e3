import { describe, expect, it } from 'vitest';
import {
  Balancer,
  infinittPorts,
  infinittPreset,
  OptionsError,
  type BalancerConfig,
  type InfinittPresetOptions,
  type ServiceConfig,
} from '../../../src/index.ts';

const options: InfinittPresetOptions = {
  vip: '192.168.85.150',
  servers: [
    { name: 'INF_PACS1', host: '192.168.85.200' },
    { name: 'INF_PACS2', host: '192.168.85.201', weight: 2 },
  ],
};

const minuteMs = 60_000;
const clients = { kind: 'sourceIp', ttlMs: 30 * minuteMs, table: 'clients' };

function serviceOf(name: string, config = infinittPreset(options)): ServiceConfig {
  const found = config.services.find((service) => service.name === name);
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

const portsOf = (config: BalancerConfig, index: number): unknown =>
  config.services.map(({ servers }) => servers[index]?.port);

describe('the INFINITT preset', () => {
  it('has the five services of the deployment guide on the virtual address', () => {
    expect(
      infinittPreset(options).services.map(({ name, host, port, mode }) => [name, host, port, mode]),
    ).toEqual([
      ['INFINITT_Web', '192.168.85.150', 80, 'http'],
      ['DICOM', '192.168.85.150', 104, 'tcp'],
      ['QUERY', '192.168.85.150', 105, 'tcp'],
      ['MWL', '192.168.85.150', 204, 'tcp'],
      ['INFINITT_Check', '192.168.85.150', 137, 'tcp+udp'],
    ]);
    expect(infinittPorts).toEqual({ web: 80, dicom: 104, query: 105, mwl: 204, check: 137 });
  });

  it('has every server in every service, on the port of the service', () => {
    for (const { servers } of infinittPreset(options).services) expect(servers).toEqual(options.servers);
  });

  it('remembers web clients by cookie and else by address, all others by address', () => {
    expect(serviceOf('INFINITT_Web').persistence).toEqual({
      kind: 'chain',
      of: [{ kind: 'httpCookie' }, clients],
    });
    for (const name of ['DICOM', 'QUERY', 'MWL', 'INFINITT_Check']) {
      expect(serviceOf(name).persistence).toEqual(clients);
    }
  });

  it('checks the web portal by HEAD for a 200, and the others by connecting', () => {
    expect(serviceOf('INFINITT_Web').healthCheck).toEqual({
      probe: { kind: 'http', method: 'HEAD', expectStatus: [200] },
    });
    for (const name of ['DICOM', 'QUERY', 'MWL', 'INFINITT_Check']) {
      expect(serviceOf(name).healthCheck).toEqual({ probe: { kind: 'connect' } });
    }
    expect(serviceOf('INFINITT_Check')).toMatchObject({
      udp: { healthCheck: { probe: { kind: 'nodeStatus' } } },
    });
  });

  it('lets associations be silent for 12 hours', () => {
    for (const name of ['DICOM', 'QUERY', 'MWL']) {
      expect(serviceOf(name)).toMatchObject({ idleTimeoutMs: 12 * 60 * minuteMs });
    }
  });

  it('reaches servers on other ports: the own ones of a server first, then those of all', () => {
    const config = infinittPreset({
      ...options,
      ports: { dicom: 11_112 },
      serverPorts: { web: 8080, query: 1105 },
      servers: [
        { name: 'INF_PACS1', host: '192.168.85.200' },
        { name: 'INF_PACS2', host: '192.168.85.201', ports: { web: 8081, check: 1137 } },
      ],
    });
    expect(config.services.map(({ port }) => port)).toEqual([80, 11_112, 105, 204, 137]);
    expect(portsOf(config, 0)).toEqual([8080, undefined, 1105, undefined, undefined]);
    expect(portsOf(config, 1)).toEqual([8081, undefined, 1105, undefined, 1137]);
    expect(config.services[1]?.servers).toEqual([
      { name: 'INF_PACS1', host: '192.168.85.200' },
      { name: 'INF_PACS2', host: '192.168.85.201' },
    ]);
  });

  it('survives JSON, and builds the same balancer then', () => {
    const config = infinittPreset({ ...options, engine: 'portable', serverPorts: { web: 8080 } });
    const copy = JSON.parse(JSON.stringify(config)) as BalancerConfig;
    expect(copy).toEqual(config);
    const overviews = [config, copy].map((each) => new Balancer(each).overview().services);
    expect(overviews[1]).toEqual(overviews[0]);
    expect(overviews[0]?.map(({ listeners }) => listeners.map(({ protocol }) => protocol))).toEqual([
      ['http'],
      ['tcp'],
      ['tcp'],
      ['tcp'],
      ['tcp', 'udp'],
    ]);
  });

  it.each<[string, object, string, RegExp]>([
    ['no address', { vip: undefined }, 'infinittPreset.vip', /virtual IP address/],
    ['a name as address', { vip: 'pacs' }, 'infinittPreset.vip', /virtual IP address/],
    ['no servers', { servers: undefined }, 'infinittPreset.servers', /at least 1/],
    ['an empty list of servers', { servers: [] }, 'infinittPreset.servers', /at least 1/],
    ['servers that are no list', { servers: 'INF_PACS1' }, 'infinittPreset.servers', /array/],
    ['a server that is none', { servers: [7] }, 'infinittPreset.servers[0]', /object/],
    [
      'a port at a server',
      { servers: [{ name: 'a', host: '10.0.0.1', port: 104 }] },
      'infinittPreset.servers[0].port',
      /`ports`/,
    ],
    [
      'a port of no service',
      { servers: [{ name: 'a', host: '10.0.0.1', ports: { dicm: 104 } }] },
      'infinittPreset.servers[0].ports',
      /'dicom'/,
    ],
    ['an unknown port', { ports: { http: 80 } }, 'infinittPreset.ports', /known option/],
    ['a port out of range', { ports: { web: -1 } }, 'infinittPreset.ports.web', /0 to 65535/],
    ['server port 0', { serverPorts: { web: 0 } }, 'infinittPreset.serverPorts.web', /1 to 65535/],
    ['an unknown option', { virtualIp: '10.0.0.1' }, 'infinittPreset', /known option/],
    ['an unknown engine', { engine: 'warp' }, 'infinittPreset.engine', /'portable'/],
  ])('refuses %s', (_, change, path, expected) => {
    let problems: OptionsError['problems'] = [];
    try {
      infinittPreset({ ...options, ...change });
    } catch (error) {
      problems = (error as OptionsError).problems;
    }
    expect(problems.filter((problem) => problem.path === path).map((problem) => problem.expected)).toEqual([
      expect.stringMatching(expected),
    ]);
  });

  it('tells all problems at once', () => {
    const wrong = { vip: 'x', servers: [{ name: 'a b', host: '' }], ports: { web: 1e6 } };
    expect(() => infinittPreset(wrong)).toThrow(OptionsError);
    expect(() => infinittPreset(wrong)).toThrow(
      /vip[^]*ports\.web[^]*servers\[0\]\.name[^]*servers\[0\]\.host/,
    );
  });
});
