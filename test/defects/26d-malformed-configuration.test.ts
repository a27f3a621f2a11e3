import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Balancer,
  FactEmitter,
  HealthCheck,
  infinittPreset,
  Listener,
  OptionsError,
  Pool,
  SnatUdpForwarder,
  systemRuntime,
  type BalancerConfig,
} from '../../src/index.ts';
import { malformed } from '../support/malformed.ts';

const servers = [
  {
    name: 'A',
    host: '192.0.2.1',
    port: 104,
    weight: 2,
    backup: false,
    maxSessions: 10,
    adminState: 'online',
  },
  { name: 'B', host: 'pacs.test' },
];
const healthCheck = {
  probe: {
    kind: 'http',
    method: 'GET',
    path: '/x',
    expectStatus: [200, { min: 300, max: 399 }],
    headers: { a: 'b' },
  },
  intervalMs: 2000,
};
const clients = { kind: 'sourceIp', ttlMs: 1000, table: 'clients', prefixV4: 24 };
const common = { host: '192.0.2.100', servers, passiveHealth: { failures: 3 }, maxQueued: 10 };
const web = {
  ...common,
  name: 'WEB',
  mode: 'http',
  port: 80,
  balance: { kind: 'rendezvous', prefixV4: 24 },
  persistence: { kind: 'chain', of: [{ kind: 'httpCookie', name: 'S' }, clients] },
  healthCheck,
  fallback: { page: { status: 503, body: 'closed' } },
};
const dicom = { ...common, name: 'DICOM', mode: 'tcp', port: 104, persistence: clients, idleTimeoutMs: 1000 };
const check = {
  ...common,
  name: 'CHECK',
  mode: 'tcp+udp',
  port: 137,
  healthCheck: { probe: { kind: 'external', command: 'true', args: ['a'], env: { a: 'b' } } },
  udp: {
    healthCheck: { probe: { kind: 'nodeStatus', name: 'INFINITT<20>' } },
    passiveHealth: false,
    maxFlows: 5,
  },
};
const names = {
  ...common,
  name: 'NAMES',
  mode: 'udp',
  port: 138,
  healthCheck: { probe: { kind: 'connect' } },
};
const config = { engine: 'auto', workers: 0, services: [web, dicom, check, names] };

/** Makes something of every value, or refuses it with all that is wrong. */
function expectSense(valid: unknown, make: (value: never) => unknown, numRuns = 150): void {
  expect(() => make(valid as never)).not.toThrow();
  const property = fc.property(malformed(valid), (value) => {
    try {
      make(value as never);
    } catch (error) {
      if (!(error instanceof OptionsError)) throw error;
      expect(error.problems.length).toBeGreaterThan(0);
      expect(error.message).not.toMatch(/undefined|\[object/u);
    }
  });
  fc.assert(property, { numRuns });
}

describe('defect 26d: a malformed configuration', () => {
  it.each([
    ['a mode that there is not', { ...dicom, name: 'X', host: 'x', mode: 'sctp' }, ['.mode', '.host']],
    ['no service at all', null, ['']],
    ['a service without anything', {}, ['.mode', '.name', '.port', '.servers']],
  ])('is refused with everything that is wrong: %s', (_what, service, places) => {
    const wrong = { services: [{ ...web, port: -1 }, service, { ...dicom, name: '' }] };
    const make = (): unknown => new Balancer(wrong as unknown as BalancerConfig);
    const paths = ['services[0].port', ...places.map((place) => `services[1]${place}`), 'services[2].name'];
    const problems = paths.map((path) => expect.objectContaining({ path }) as unknown);
    expect(make).toThrow(expect.objectContaining({ problems: expect.arrayContaining(problems) as unknown }));
  });

  it('is refused with OptionsError, whatever stands wherever', () => {
    expectSense(config, (value) => new Balancer(value), 300);
  });

  it('so are the options of whatever is made on its own', () => {
    const { name, host, port, persistence, ...pool } = dicom;
    const { mode: _mode, idleTimeoutMs: _idle, ...poolOptions } = pool;
    const service = {
      name,
      host,
      port,
      persistence: { kind: 'sourceIp' },
      engine: 'auto',
      pool: poolOptions,
      facts: new FactEmitter(),
      runtime: systemRuntime,
    };
    expectSense({ ...service, mode: 'tcp', quickAck: true }, (value) => new Listener(value));
    expectSense({ ...service, maxFlows: 5 }, (value) => new SnatUdpForwarder(value));
    expectSense({ ...poolOptions, healthCheck }, (value) => new Pool(value));
    expectSense(healthCheck, (value) => new HealthCheck(value));
  });

  it.each([
    ['persistence', { name: 'mine', strategies: [null] }],
    ['persistence', { name: 'mine', strategies: [{ lookup: 1 }] }],
    ['engine', { listen: true }],
    ['runtime', { random: 4 }],
    ['facts', {}],
    ['pool', { servers, balance: { kind: 'mine', build: 'x' } }],
  ])('takes nothing for a live object that only looks like one: %s', (key, value) => {
    const options = {
      name: 'DICOM',
      mode: 'tcp',
      host: '127.0.0.1',
      port: 104,
      pool: { servers },
      [key]: value,
    };
    expect(() => new Listener(options as never)).toThrow(OptionsError);
  });

  it('and those of the preset', () => {
    const options = {
      vip: '192.0.2.100',
      servers: [{ name: 'A', host: '192.0.2.1', ports: { web: 8080 } }],
      ports: { web: 8080 },
      serverPorts: { dicom: 11112 },
      engine: 'auto',
      workers: 0,
    };
    expectSense(options, (value) => infinittPreset(value));
  });
});
