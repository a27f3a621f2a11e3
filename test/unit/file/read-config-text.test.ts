import { describe, expect, it } from 'vitest';
import { positionOf } from '../../../src/file/config-file.ts';
import { formatWithExcerpt } from '../../../src/file/file-problem.ts';
import { failureOf, oneService, problemsOf, read } from './file-scene.ts';

/** The one service of a configuration. */
async function serviceOf(...args: Parameters<typeof read>): Promise<Record<string, unknown>> {
  const { value } = await read(...args);
  return value.services[0] as unknown as Record<string, unknown>;
}

describe('a configuration file', () => {
  it('is YAML or JSON', async () => {
    const yaml = await read(oneService('# a comment', 'quickAck: false'));
    const service = { name: 'DICOM', mode: 'tcp', port: 104, servers: [], quickAck: false };
    const json = await read(JSON.stringify({ services: [service] }), {}, 'json');
    expect(yaml.value).toEqual({ services: [service] });
    expect(json.config).toEqual(yaml.config);
  });

  it('may name its schema', async () => {
    const { value } = await read(`$schema: ./schema.json\n${oneService()}`);
    expect(value).not.toHaveProperty('$schema');
    expect(await problemsOf(oneService('$schema: x'))).toHaveLength(1);
  });

  it('tells every problem at once, each at its line and column', async () => {
    const text = `engine: linx
services:
  - name: DICOM
    mode: tcp
    port: 10x4
    idleTimeoutMs: 30x
    persistance: { kind: sourceIp }
    servers:
      - { name: A, host: 127.0.0.300 }
      - host: 127.0.0.1
  - name: WEB
    mode: http
    port: \${WEB_PORT}
    port: 80
    servers: []
    healthCheck:
      intervalMs: 2s
`;
    expect(await problemsOf(text)).toEqual(
      [
        `pacs.yaml:1:9: engine: expected one of 'auto', 'portable', 'linux', got "linx" (string)`,
        `pacs.yaml:3:5: services[0]: expected a known option such as 'persistence', got 'persistance'`.replace(
          '3:5',
          '7:5',
        ),
        'pacs.yaml:5:11: services[0].port: expected an integer from 0 to 65535, got "10x4" (string)',
        'pacs.yaml:6:20: services[0].idleTimeoutMs: expected a duration such as 30m, 1h30m or 500ms, or a number of milliseconds, got "30x" (string)',
        'pacs.yaml:9:26: services[0].servers[0].host: expected an IP address or a host name; an IPv4 address has four numbers from 0 to 255, got "127.0.0.300" (string)',
        `pacs.yaml:10:9: services[0].servers[1].name: expected 1 to 64 letters, digits, '.', '_' or '-', got nothing`,
        'pacs.yaml:13:11: services[1].port: expected an environment variable WEB_PORT, or a default: ${WEB_PORT:-default}, got none',
        `pacs.yaml:14:5: services[1].port: expected an option that is stated once, got 'port' again`,
        "pacs.yaml:16:5: services[1].healthCheck.probe: expected a probe spec such as { kind: 'connect' }, or a probe, got nothing",
      ].sort((a, b) => Number(a.split(':')[1]) - Number(b.split(':')[1])),
    );
  });

  it('shows the line, with a caret under the place', async () => {
    const { problems } = await failureOf(read(oneService('backlog: many')));
    expect(problems.map(formatWithExcerpt)).toEqual([
      [
        'pacs.yaml:6:14: services[0].backlog: expected an integer from 1 to 65535, got "many" (string)',
        '      backlog: many',
        '               ^',
      ].join('\n'),
    ]);
  });

  it('shows only the part of a long line that matters', async () => {
    const long = JSON.stringify({ services: [{ name: 'x'.repeat(500), mode: 'tcp', port: 1, servers: [] }] });
    const { problems } = await failureOf(read(long, {}, 'json'));
    expect(problems[0]?.excerpt?.length).toBeLessThan(200);
  });

  it('points at names with dots in them', async () => {
    const check = 'healthCheck: { probe: { kind: http, headers: { X-A.B: 5, X-A: a } } }';
    const [problem] = (await failureOf(read(oneService(check).replace('mode: tcp', 'mode: http')))).problems;
    expect(problem).toMatchObject({
      path: 'services[0].healthCheck.probe.headers.X-A.B',
      line: 6,
      column: 59,
    });
  });

  it('knows where each option stands, for those who find fault with it', async () => {
    const file = await read(oneService('persistence: { kind: sourceIp }'));
    expect(positionOf(file, 'services[0].persistence.kind')).toEqual({ line: 6, column: 26 });
    expect(positionOf(file, 'services[0].persistence.ttlMs')).toEqual({ line: 6, column: 5 });
    expect(positionOf(file, 'services[0].healthCheck')).toEqual({ line: 2, column: 5 });
    expect(positionOf(file, 'workers')).toEqual({ line: 1, column: 1 });
  });

  it('holds something', async () => {
    expect(await problemsOf('')).toEqual(['pacs.yaml:1:1: expected an object, got null']);
    expect(await problemsOf('# nothing but a comment\n')).toEqual([
      'pacs.yaml:1:1: expected an object, got null',
    ]);
    expect(await problemsOf('', {}, 'json')).toEqual([
      "pacs.json:1:1: expected a JSON value: a text in double quotes, a number, true, false, null, '{' or '[', got the end of the file",
    ]);
  });

  it('cannot reach into objects by names such as __proto__', async () => {
    expect(await problemsOf('__proto__: { services: [] }')).toHaveLength(2);
    expect(await problemsOf('{ "__proto__": { "services": [] } }', {}, 'json')).toHaveLength(2);
  });
});

describe('JSON', () => {
  it.each([
    ['{ "a": 1, }', "1:11: expected a name in double quotes, got '}'"],
    ['{ "a": 1\n  "b": 2 }', "2:3: expected ',' or '}', got '\"'"],
    ['[1, 2', "1:6: expected ',' or ']', got the end of the file"],
    ['{ a: 1 }', "1:3: expected a name in double quotes, got 'a'"],
    ['{ "a" 1 }', "1:7: expected ':' after the name, got '1'"],
    ['["a\nb"]', "1:2: expected a text that ends on its line, with escapes of JSON, got '\"'"],
    ['["\\x"]', "1:2: expected a text that ends on its line, with escapes of JSON, got '\"'"],
    ['{} {}', "1:4: expected nothing after the end of the JSON value, got '{'"],
    [
      '{ // why\n "a": 1 }',
      "1:3: expected a name in double quotes; JSON has no comments, and a file named .yaml may have some that begin with #, got '/'",
    ],
  ])('%j is none', async (text, problem) => {
    expect(await problemsOf(text, {}, 'json')).toEqual([`pacs.json:${problem}`]);
  });

  it('is not YAML', async () => {
    expect(await problemsOf(oneService(), {}, 'json')).toHaveLength(1);
  });

  it('may have a byte order mark, escapes and every kind of number', async () => {
    const text = '\ufeff{"services":[{"name":"\\u0041","mode":"tcp","port":1.04e2,"servers":[]}]}\r\n';
    expect(await serviceOf(text, {}, 'json')).toMatchObject({ name: 'A', port: 104 });
  });
});

describe('YAML', () => {
  it('may repeat a value by an alias, whose problems stand where the value stands', async () => {
    const text = `services:
  - { name: A, mode: tcp, port: 1, servers: &two [{ name: S, host: 10.0.0.1, weight: 300 }] }
  - { name: B, mode: tcp, port: 2, servers: *two }
`;
    expect(await problemsOf(text)).toEqual([
      'pacs.yaml:2:86: services[0].servers[0].weight: expected an integer from 0 to 256, got 300 (number)',
      'pacs.yaml:2:86: services[1].servers[0].weight: expected an integer from 0 to 256, got 300 (number)',
    ]);
    const { value } = await read(text.replace('300', '3'));
    expect(value.services[1]?.servers).toEqual([{ name: 'S', host: '10.0.0.1', weight: 3 }]);
  });

  it.each([
    ['a: *b\n', '1:4: expected a value that has the anchor &b and ends before, got *b'],
    ['a: &a [*a]\n', '1:8: expected a value that has the anchor &a and ends before, got *a'],
    ['a: 1\n---\na: 2\n', "2:1: expected one document, got another one after '---'"],
    ['%YAML 1.1\n---\na: yes\n', '1:1: expected YAML 1.2, got YAML 1.1'],
  ])('%j is refused', async (text, problem) => {
    expect(await problemsOf(text)).toEqual([`pacs.yaml:${problem}`]);
  });

  it.each([
    'a: [1\n',
    'a: "b\n',
    'a: b: c\n',
    '\ta: 1\n',
    'a: !!python/object x\n',
    '{ a: 1',
    'a: 1\n b: 2\n',
  ])('%j is told with its place', async (text) => {
    for (const problem of await problemsOf(text)) expect(problem).toMatch(/^pacs\.yaml:\d+:\d+: expected /u);
  });

  it('stumbles over a mistake once', async () => {
    expect(await problemsOf('a: { b: c } d\nb: [1, 2]\nc: d\n')).toHaveLength(1);
  });

  it('needs quotes around a variable between brackets, and says so', async () => {
    expect(await problemsOf('services: [{ name: ${NAME}, port: 1 }]')).toEqual([
      'pacs.yaml:1:20: expected quotes around a text with a variable between brackets, got none',
    ]);
  });

  it('is that of version 1.2, where yes is a text', async () => {
    expect(await problemsOf(oneService('quickAck: yes'))).toEqual([
      'pacs.yaml:6:15: services[0].quickAck: expected true or false, got "yes" (string)',
    ]);
  });
});

describe('durations and sizes', () => {
  it('may be texts where the name of the option ends in its unit', async () => {
    const text = oneService('idleTimeoutMs: 12h', 'persistence: { kind: sourceIp, ttlMs: 1h30m }');
    expect(await serviceOf(text)).toMatchObject({
      idleTimeoutMs: 43_200_000,
      persistence: { ttlMs: 5_400_000 },
    });
    const web = oneService('maxHeadBytes: 64KiB', 'headTimeoutMs: 500ms').replace('mode: tcp', 'mode: http');
    expect(await serviceOf(web)).toMatchObject({ maxHeadBytes: 65_536, headTimeoutMs: 500 });
  });

  it('have no limit where they are Infinity', async () => {
    expect(await serviceOf(oneService('idleTimeoutMs: Infinity'))).toMatchObject({
      idleTimeoutMs: 'Infinity',
    });
  });

  it('are told when they are out of range, and when they have no unit', async () => {
    expect(await problemsOf(oneService('connectTimeoutMs: 1h'))).toEqual([
      'pacs.yaml:6:23: services[0].connectTimeoutMs: expected an integer from 1 to 600000, got 3600000 (number)',
    ]);
    expect(await problemsOf(oneService('idleTimeoutMs: "500"'))).toEqual([
      'pacs.yaml:6:20: services[0].idleTimeoutMs: expected a duration such as 30m, 1h30m or 500ms, or a number of milliseconds, got "500" (string)',
    ]);
  });

  it('are nothing but texts where users choose the name', async () => {
    const env = { delayMs: '30m', maxBytes: '1MiB' };
    const probe = JSON.stringify({ probe: { kind: 'external', command: 'true', env } });
    expect(await serviceOf(oneService(`healthCheck: ${probe}`))).toMatchObject({
      healthCheck: { probe: { env } },
    });
  });
});

describe('variables', () => {
  it('are put in, as what the option takes', async () => {
    const environment = { NAME: '104', PORT: '105', ACK: 'true', IDLE: '30m', EMPTY: '' };
    const text = `services:
  - name: D\${NAME}
    mode: tcp
    port: \${PORT}
    quickAck: "\${ACK}"
    idleTimeoutMs: \${IDLE}
    backlog: \${BACKLOG:-7}
    maxQueued: \${EMPTY:-9}
    servers: [{ name: "\${NAME}", host: "10.0.0.\${PORT}" }]
`;
    expect(await serviceOf(text, { environment })).toEqual({
      name: 'D104',
      mode: 'tcp',
      port: 105,
      quickAck: true,
      idleTimeoutMs: 1_800_000,
      backlog: 7,
      maxQueued: 9,
      servers: [{ name: '104', host: '10.0.0.105' }],
    });
  });

  it('are literal behind two dollars, and not looked at twice', async () => {
    const page = (body: string): string =>
      oneService(`fallback: { page: { body: '${body}' } }`).replace('mode: tcp', 'mode: http');
    const bodyOf = async (body: string, environment = {}): Promise<unknown> => {
      const { fallback } = await serviceOf(page(body), { environment });
      return (fallback as { page: { body: unknown } }).page.body;
    };
    expect(await bodyOf('$${A} $5 $ {}')).toBe('${A} $5 $ {}');
    expect(await bodyOf('${A}', { A: '${B}' })).toBe('${B}');
  });

  it.each(['${', '${1}', '${A', '${A:default}', '${}'])('%s is none', async (text) => {
    expect(await problemsOf(`engine: '${text}'`, { environment: { A: 'auto' } })).toContain(
      `pacs.yaml:1:9: engine: expected a variable such as \${NAME} or \${NAME:-default}, or '$\${' for a literal '\${', got '\${'`,
    );
  });

  it('are not those of every object', async () => {
    expect(await problemsOf('engine: ${toString}')).toContain(
      'pacs.yaml:1:9: engine: expected an environment variable toString, or a default: ${toString:-default}, got none',
    );
  });
});

describe('limits', () => {
  it('of depth', async () => {
    const [problem] = await problemsOf('['.repeat(65) + ']'.repeat(65));
    expect(problem).toBe('pacs.yaml:1:65: expected at most 64 lists and maps inside each other, got more');
    const json = await problemsOf('['.repeat(100_000), {}, 'json');
    expect(json).toEqual(["pacs.json:1:65: expected at most 64 lists and maps inside each other, got '['"]);
  });

  it('of depth, also where that would exhaust the stack', async () => {
    for (const text of ['['.repeat(50_000), '- '.repeat(50_000), '{a: '.repeat(50_000)]) {
      expect(await problemsOf(text)).toEqual([expect.stringContaining('at most 64 lists and maps')]);
    }
  });

  it('of values: a billion laughs', async () => {
    const laughs = Array.from(
      { length: 9 },
      (_, index) => `a${index + 1}: &a${index + 1} [${`*a${index}, `.repeat(10)}]`,
    );
    expect(await problemsOf(['a0: &a0 [lol]', ...laughs, ''].join('\n'))).toEqual([
      'pacs.yaml:1:1: expected at most 200000 values, each counted as often as aliases repeat it, got more',
    ]);
  });

  it('of values, counted exactly', async () => {
    // The whole, services, the service, and its four options.
    await read(oneService(), { limits: { maxValues: 7 } });
    expect(await problemsOf(oneService(), { limits: { maxValues: 6 } })).toHaveLength(1);
  });
});
