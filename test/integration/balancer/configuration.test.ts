import { describe, expect, it } from 'vitest';
import { Balancer, OptionsError, type BalancerConfig, type OptionProblem } from '../../../src/index.ts';

const server = { name: 's1', host: '192.0.2.9' };
const service = { name: 'DICOM', mode: 'tcp', host: '127.0.0.1', port: 104, servers: [server] };

/** What is wrong with a configuration that types would not let pass. */
function problemsOf(config: unknown): readonly OptionProblem[] {
  try {
    new Balancer(config as BalancerConfig);
  } catch (error) {
    if (error instanceof OptionsError) return error.problems;
    throw error;
  }
  return [];
}

/** The faults that a rule finds; the others are values that are wrong by themselves. */
const ruleOf: Readonly<Record<string, string>> = {
  'itself as server': 'self-forwarding',
  'cookie persistence without HTTP': 'persist-mode',
};

/** One fault each: what stands in place of the right service, and the problem as it is told. */
const faults: readonly (readonly [string, object, string, RegExp, RegExp])[] = [
  ['an unknown key', { idleTimeout: 5 }, 'services[0]', /'idleTimeoutMs'/, /'idleTimeout'/],
  [
    'an unknown mode',
    { mode: 'ftp' },
    'services[0].mode',
    /'tcp', 'http', 'udp', 'tcp\+udp'/,
    /"ftp" \(string\)/,
  ],
  ['no name', { name: undefined }, 'services[0].name', /letters, digits/, /nothing/],
  ['a name with a space', { name: 'a b' }, 'services[0].name', /letters, digits/, /"a b"/],
  ['a port out of range', { port: 70_000 }, 'services[0].port', /0 to 65535/, /70000 \(number\)/],
  ['a port as text', { port: '104' }, 'services[0].port', /integer/, /"104" \(string\)/],
  ['a host name to listen on', { host: 'pacs.local' }, 'services[0].host', /IP address/, /pacs\.local/],
  ['a number to listen on', { host: 5 }, 'services[0].host', /non-empty string/, /5 \(number\)/],
  ['no servers', { servers: undefined }, 'services[0].servers', /servers/, /nothing/],
  ['servers that are no list', { servers: 's1' }, 'services[0].servers', /array/, /"s1"/],
  [
    'a server without a host',
    { servers: [{ name: 's1' }] },
    'services[0].servers[0].host',
    /host name/,
    /nothing/,
  ],
  [
    'a weight too large',
    { servers: [{ ...server, weight: 300 }] },
    'services[0].servers[0].weight',
    /0 to 256/,
    /300/,
  ],
  [
    'a negative weight',
    { servers: [{ ...server, weight: -1 }] },
    'services[0].servers[0].weight',
    /0 to 256/,
    /-1/,
  ],
  [
    'a misspelt server key',
    { servers: [{ ...server, wieght: 1 }] },
    'services[0].servers[0]',
    /'weight'/,
    /'wieght'/,
  ],
  [
    'a server name used twice',
    { servers: [server, server] },
    'services[0].servers[1].name',
    /once/,
    /'s1' again/,
  ],
  [
    'itself as server',
    { servers: [{ name: 's1', host: '127.0.0.1' }] },
    'services[0].servers[0]',
    /a different address or port/,
    /itself/,
  ],
  [
    'cookie persistence without HTTP',
    { persistence: { kind: 'httpCookie' } },
    'services[0].persistence',
    /mode 'http'/,
    /httpCookie/,
  ],
  [
    'an unknown persistence',
    { persistence: { kind: 'sourceIP' } },
    'services[0].persistence.kind',
    /'sourceIp'/,
    /"sourceIP"/,
  ],
  [
    'an unknown balancing',
    { balance: { kind: 'random' } },
    'services[0].balance.kind',
    /roundRobin/,
    /"random"/,
  ],
  [
    'an unknown probe',
    { healthCheck: { probe: { kind: 'ping' } } },
    'services[0].healthCheck.probe.kind',
    /'connect'/,
    /"ping"/,
  ],
  [
    'an option of a probe of another kind',
    { healthCheck: { probe: { kind: 'connect', method: 'HEAD' } } },
    'services[0].healthCheck.probe',
    /known option/,
    /'method'/,
  ],
  [
    'a health check without probe',
    { healthCheck: {} },
    'services[0].healthCheck.probe',
    /a probe spec/,
    /nothing/,
  ],
  [
    'a fall of 0',
    { healthCheck: { probe: { kind: 'connect' }, fall: 0 } },
    'services[0].healthCheck.fall',
    /1 to 100/,
    /0 \(number\)/,
  ],
  ['no idle time at all', { idleTimeoutMs: 0 }, 'services[0].idleTimeoutMs', /or Infinity/, /0 \(number\)/],
  ['HTTP options on TCP', { headTimeoutMs: 1000 }, 'services[0]', /known option/, /'headTimeoutMs'/],
  ['UDP options on TCP', { udp: {} }, 'services[0]', /known option/, /'udp'/],
];

describe('a wrong configuration', () => {
  it.each(faults)('with %s is refused', (what, change, path, expected, actual) => {
    const problems = problemsOf({ services: [{ ...service, ...change }] });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toEqual({
      path,
      expected: expect.stringMatching(expected) as string,
      actual: expect.stringMatching(actual) as string,
      rule: ruleOf[what],
    });
  });

  it.each([
    ['nothing', undefined, '', /object/],
    ['a list', [], '', /object/],
    ['no services', {}, 'services', /array/],
    ['an empty list of services', { services: [] }, 'services', /at least 1/],
    ['a service that is none', { services: [null] }, 'services[0]', /object/],
    ['an unknown engine', { engine: 'fast', services: [service] }, 'engine', /'portable'/],
  ])('that is %s is refused', (_, config, path, expected) => {
    const problem = problemsOf(config).find((candidate) => candidate.path === path);
    expect(problem?.expected).toMatch(expected);
  });

  it('is told with all its problems at once', () => {
    const bad = { ...service, port: -1, idleTimeout: 5, servers: [{ name: 's1' }] };
    const other = { ...service, name: 'DICOM', mode: 'tcp', persistence: { kind: 'httpCookie' } };
    const problems = problemsOf({ engin: 'auto', services: [bad, other] });
    expect(problems.map(({ path }) => path).sort()).toEqual([
      '',
      'services[0]',
      'services[0].port',
      'services[0].servers[0].host',
      'services[1].name',
      'services[1].persistence',
    ]);
  });

  it.each([
    ['the same address', {}, true],
    ['all addresses', { host: '0.0.0.0' }, true],
    ['both protocols', { mode: 'tcp+udp' }, true],
    ['another address', { host: '127.0.0.3' }, false],
    ['another port', { port: 105 }, false],
    ['the other protocol', { mode: 'udp' }, false],
  ])('that binds a port twice (%s) is refused: %#', (_, change, clashes) => {
    const problems = problemsOf({ services: [service, { ...service, name: 'QUERY', ...change }] });
    expect(problems.map(({ path }) => path)).toEqual(clashes ? ['services[1].port'] : []);
    if (clashes) expect(problems[0]?.actual).toMatch(/port 104, which service 'DICOM' uses/);
  });

  it('that gives one table two settings is refused', () => {
    const spec = { kind: 'sourceIp', table: 'clients' };
    const problems = problemsOf({
      services: [
        { ...service, persistence: { ...spec, ttlMs: 1000 } },
        { ...service, name: 'QUERY', port: 105, persistence: { ...spec, ttlMs: 2000 } },
      ],
    });
    expect(problems.map(({ path }) => path)).toEqual(['services[1].persistence.table']);
  });
});
