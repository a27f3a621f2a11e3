import { describe, expect, it } from 'vitest';
import type { ConfigEdit } from '../../../src/file/config-edit.ts';
import { editConfigFile } from '../../../src/file/edit-config-file.ts';
import type { TextFormat } from '../../../src/file/file-node.ts';
import { failureOf, read } from './file-scene.ts';

const yaml = `# The hospital's services.
engine: auto   # chosen by itself

services:
  # Images.
  - name: DICOM
    mode: tcp
    port: 104  # the usual one
    servers: # two of them
      # The old machine.
      - name: INF_PACS1
        host: "192.168.85.200"   # room 3
        weight: 1
      # The new one,
      # since June.
      - { name: INF_PACS2, host: 192.168.85.201 }  # room 4

    # Long.
    idleTimeoutMs: 12h
  - name: MWL
    mode: tcp
    port: 204
    servers:
    - {name: INF_PACS1, host: 192.168.85.200}
# The end.
`;

/** The text after some edits. */
async function edited(
  text: string,
  edits: readonly ConfigEdit[],
  format: TextFormat = 'yaml',
): Promise<string> {
  const options = { environment: { PORT: '7' } };
  const { document } = await editConfigFile(await read(text, options, format), edits, options);
  return document?.source.text ?? '';
}

/** What one edit makes of lines of the text above; everything else must be as it was. */
async function expectLines(edits: readonly ConfigEdit[], before: string, after: string): Promise<void> {
  expect(yaml).toContain(before);
  expect(await edited(yaml, edits)).toBe(yaml.replace(before, after));
}

describe('an edit of YAML', () => {
  it.each([
    ['services[0].port', 11_112, 'port: 104  #', 'port: 11112  #'],
    ['services[0].servers[0].weight', 3, 'weight: 1\n', 'weight: 3\n'],
    ['services[0].servers[0].host', '10.0.0.1', '"192.168.85.200"   #', '10.0.0.1   #'],
    ['services[0].servers[0].host', 'fe80::1', '"192.168.85.200"   #', '"fe80::1"   #'],
    ['engine', 'portable', 'engine: auto   #', 'engine: portable   #'],
    [
      'services[1].servers[0].host',
      '10.0.0.2',
      '- {name: INF_PACS1, host: 192.168.85.200}',
      '- {name: INF_PACS1, host: 10.0.0.2}',
    ],
  ])('sets %s to %s', async (path, value, before, after) => {
    await expectLines([{ path, value }], before, after);
  });

  it('adds an option behind the others', async () => {
    await expectLines(
      [{ path: 'services[0].quickAck', value: false }],
      'idleTimeoutMs: 12h\n',
      'idleTimeoutMs: 12h\n    quickAck: false\n',
    );
    await expectLines(
      [{ path: 'services[0].servers[0].backup', value: true }],
      'weight: 1\n',
      'weight: 1\n        backup: true\n',
    );
    await expectLines(
      [{ path: 'services[0].servers[1].adminState', value: 'drain' }],
      'host: 192.168.85.201 }',
      'host: 192.168.85.201, adminState: drain }',
    );
    await expectLines([{ path: 'workers', value: 0 }], '200}\n# The end.', '200}\nworkers: 0\n# The end.');
  });

  it('adds an option with options of its own', async () => {
    const healthCheck = { probe: { kind: 'connect' }, intervalMs: 5000 };
    await expectLines(
      [{ path: 'services[0].healthCheck', value: healthCheck }],
      'idleTimeoutMs: 12h\n',
      'idleTimeoutMs: 12h\n    healthCheck:\n      probe: { kind: connect }\n      intervalMs: 5000\n',
    );
    await expectLines(
      [{ path: ['services', 0, 'healthCheck', 'probe', 'kind'], value: 'connect' }],
      'idleTimeoutMs: 12h\n',
      'idleTimeoutMs: 12h\n    healthCheck:\n      probe: { kind: connect }\n',
    );
  });

  it('adds a server, written as the one before', async () => {
    const value = { name: 'INF_PACS3', host: '192.168.85.202' };
    await expectLines(
      [{ path: 'services[0].servers[2]', value }],
      '}  # room 4\n',
      '}  # room 4\n      - { name: INF_PACS3, host: 192.168.85.202 }\n',
    );
    await expectLines(
      [{ path: 'services[1].servers[1]', value }],
      '200}\n# The end',
      '200}\n    - { name: INF_PACS3, host: 192.168.85.202 }\n# The end',
    );
  });

  it('removes an option, and the comment beside it', async () => {
    await expectLines([{ path: 'services[0].servers[0].weight', remove: true }], '        weight: 1\n', '');
    await expectLines(
      [{ path: 'services[0].idleTimeoutMs', remove: true }],
      '    # Long.\n    idleTimeoutMs: 12h\n',
      '',
    );
    await expectLines([{ path: 'engine', remove: true }], 'engine: auto   # chosen by itself\n', '');
  });

  it('removes a server with the comment above it; above the first, it is about all', async () => {
    await expectLines(
      [{ path: 'services[0].servers[1]', remove: true }],
      '      # The new one,\n      # since June.\n      - { name: INF_PACS2, host: 192.168.85.201 }  # room 4\n',
      '',
    );
    await expectLines(
      [{ path: 'services[0].servers[0]', remove: true }],
      '      - name: INF_PACS1\n        host: "192.168.85.200"   # room 3\n        weight: 1\n',
      '',
    );
  });

  it('removes the last one of a list', async () => {
    const both: readonly ConfigEdit[] = [
      { path: 'services[0].servers[1]', remove: true },
      { path: 'services[0].servers[0]', remove: true },
    ];
    const text = await edited(yaml, both);
    expect(text).toContain('    servers: [] # two of them\n      # The old machine.\n\n    # Long.\n');
    expect(await edited(yaml, [{ path: 'services[1].servers[0]', remove: true }])).toContain(
      '    port: 204\n    servers: []\n# The end.\n',
    );
  });

  it('removes what stands behind the hyphen of a list', async () => {
    const text = 'services:\n  - quickAck: false\n    name: A\n    mode: tcp\n    port: 1\n    servers: []\n';
    expect(await edited(text, [{ path: 'services[0].quickAck', remove: true }])).toBe(
      text.replace('quickAck: false\n    ', ''),
    );
    const commented = text.replace('false\n', 'false # why\n');
    expect(await edited(commented, [{ path: 'services[0].quickAck', remove: true }])).toBe(
      commented.replace('quickAck: false # why', ' # why'),
    );
  });

  it('changes nothing where nothing differs, and only what differs', async () => {
    await expectLines([{ path: 'services[0].port', value: 104 }], yaml, yaml);
    const servers = [
      { name: 'INF_PACS1', host: '192.168.85.200', weight: 2 },
      { name: 'INF_PACS2', host: '192.168.85.201' },
    ];
    await expectLines([{ path: 'services[0].servers', value: servers }], 'weight: 1\n', 'weight: 2\n');
  });

  it('puts one value in place of many', async () => {
    expect(await edited(yaml, [{ path: 'services[0].servers', value: [] }])).toContain(
      '    servers: [] # two of them\n      # The old machine.\n\n',
    );
    expect(await edited(yaml, [{ path: 'services[0].idleTimeoutMs', value: 'Infinity' }])).toContain(
      'idleTimeoutMs: Infinity\n',
    );
  });

  it('keeps block texts, empty values and the lack of a last line break apart', async () => {
    const text = `services:
  - name: WEB
    mode: http
    port: 80
    fallback:
      page:
        body: |
          closed
          today

    host:
      # every address
      0.0.0.0
    servers: []`;
    expect(await edited(text, [{ path: 'services[0].fallback.page.body', value: 'open' }])).toBe(
      text.replace('|\n          closed\n          today\n', 'open\n'),
    );
    expect(await edited(text, [{ path: 'services[0].fallback.page.status', value: 503 }])).toBe(
      text.replace('today\n', 'today\n        status: 503\n'),
    );
    expect(await edited(text, [{ path: 'services[0].host', value: '::' }])).toBe(
      text.replace('host:\n      # every address\n      0.0.0.0\n', 'host: "::"\n      # every address\n'),
    );
    expect(await edited(text, [{ path: 'services[0].backlog', value: 5 }])).toBe(`${text}\n    backlog: 5`);
    const mode = text.replace('    mode: http\n', '').replace('servers: []', 'servers: []\n    mode: http');
    expect(await edited(mode, [{ path: 'services[0].host', remove: true }])).not.toContain('0.0.0.0');
  });

  it('keeps line breaks of Windows', async () => {
    const windows = yaml.replaceAll('\n', '\r\n');
    const edits: readonly ConfigEdit[] = [
      { path: 'services[0].servers[2]', value: { name: 'C', host: 'c' } },
      { path: 'services[0].servers[0]', remove: true },
      { path: 'services[0].backlog', value: 9 },
    ];
    expect(await edited(windows, edits)).toBe((await edited(yaml, edits)).replaceAll('\n', '\r\n'));
  });

  it('keeps variables, and writes what was ordered in place of one', async () => {
    const text = yaml.replace('port: 204', 'port: ${PORT}');
    expect(await edited(text, [{ path: 'services[0].port', value: 9 }])).toContain('port: ${PORT}\n');
    expect(await edited(text, [{ path: 'services[1].port', value: 9 }])).toContain('port: 9\n');
  });

  const shared = `services:
  - { name: A, mode: tcp, port: 1, servers: &two [{ name: S, host: a }, { name: T, host: b }] }
  - { name: B, mode: tcp, port: 2, servers: *two }
`;

  it('changes what an alias shares where all of them change', async () => {
    const at = (index: number, rest: string): string => `services[${index}].servers${rest}`;
    const value = { name: 'U', host: 'c' };
    expect(
      await edited(shared, [
        { path: at(0, '[2]'), value },
        { path: at(1, '[2]'), value },
      ]),
    ).toBe(shared.replace('host: b }]', 'host: b }, { name: U, host: c }]'));
    expect(
      await edited(
        shared,
        [0, 1].map((index) => ({ path: at(index, '[0]'), remove: true })),
      ),
    ).toBe(shared.replace('{ name: S, host: a }, ', ''));
    const own = shared.replace('*two', '[]');
    expect(await edited(shared, [{ path: 'services[1].servers', value: [] }])).toBe(own);
  });

  it('writes an alias out where only its value changes', async () => {
    expect(await edited(shared, [{ path: 'services[1].servers[0].weight', value: 2 }])).toBe(
      shared.replace('*two', '[{ name: S, host: a, weight: 2 }, { name: T, host: b }]'),
    );
  });

  it('refuses to change a value that stays the same where an alias repeats it', async () => {
    const { message } = await failureOf(
      edited(shared, [{ path: 'services[0].servers[0].weight', value: 2 }]),
    );
    expect(message).toMatch(
      /^pacs\.yaml:2:\d+: services\[0\]\.servers\[0\]\.weight: expected a value that can be changed by itself/u,
    );
  });

  it('refuses a path that leads nowhere', async () => {
    for (const path of [
      'services[7].port',
      'services[0].name.x',
      'services[0].servers[9]',
      'services[x]',
      '',
      'engine[0]',
    ]) {
      expect((await failureOf(edited(yaml, [{ path, value: 1 }]))).message).toContain(
        'the path of a value that can be changed',
      );
    }
    await failureOf(edited(yaml, [{ path: 'services[0].backlog', remove: true }]));
  });

  it('refuses what would make the configuration wrong, with its place', async () => {
    const { message } = await failureOf(
      edited(yaml, [{ path: 'services[0].servers[0].weight', value: 999 }]),
    );
    expect(message).toBe(
      'pacs.yaml:13:17: services[0].servers[0].weight: expected an integer from 0 to 256, got 999 (number)',
    );
  });
});

describe('an edit of JSON', () => {
  const json = `{
    "services": [
        {
            "name": "DICOM", "mode": "tcp",
            "port": 104,
            "servers": [
                { "name": "A", "host": "a" },
                {
                    "name": "B",
                    "host": "b"
                }
            ]
        },
        { "name": "MWL", "mode": "tcp", "port": 204, "servers": [] }
    ]
}
`;

  async function expectJson(edit: ConfigEdit, before: string, after: string): Promise<void> {
    expect(json).toContain(before);
    expect(await edited(json, [edit], 'json')).toBe(json.replace(before, after));
  }

  it('keeps the layout of everything else', async () => {
    await expectJson({ path: 'services[0].port', value: 105 }, '104', '105');
    await expectJson(
      { path: 'services[0].servers[0].weight', value: 2 },
      '"host": "a" }',
      '"host": "a", "weight": 2 }',
    );
    await expectJson(
      { path: 'services[0].servers[1].weight', value: 2 },
      '"host": "b"\n',
      '"host": "b",\n                    "weight": 2\n',
    );
    await expectJson(
      { path: 'services[0].servers[0]', remove: true },
      '                { "name": "A", "host": "a" },\n',
      '',
    );
    await expectJson(
      { path: 'services[0].servers[1]', remove: true },
      ',\n                {\n                    "name": "B",\n                    "host": "b"\n                }',
      '',
    );
  });

  it('adds with the indentation that there is', async () => {
    await expectJson(
      { path: 'services[0].servers[2]', value: { name: 'C', host: 'c' } },
      '"b"\n                }\n',
      '"b"\n                },\n                {\n                    "name": "C",\n                    "host": "c"\n                }\n',
    );
    await expectJson(
      { path: 'services[0].persistence', value: { kind: 'none' } },
      '            ]\n        },',
      '            ],\n            "persistence": {\n                "kind": "none"\n            }\n        },',
    );
    await expectJson({ path: 'workers', value: 0 }, '    ]\n}', '    ],\n    "workers": 0\n}');
  });

  it('leaves an empty list where the last one goes', async () => {
    const one = '{"services":[{"name":"A","mode":"tcp","port":1,"servers":[ {"name":"S","host":"s"} ]}]}';
    expect(await edited(one, [{ path: 'services[0].servers[0]', remove: true }], 'json')).toBe(
      one.replace(' {"name":"S","host":"s"} ', ''),
    );
    expect(
      await edited(one, [{ path: 'services[0].servers[1]', value: { name: 'T', host: 't' } }], 'json'),
    ).toBe(one.replace('"s"} ', '"s"}, { "name": "T", "host": "t" } '));
  });
});

describe('an edit between brackets of YAML', () => {
  it('keeps comments', async () => {
    const text = `services: [
  { name: A, mode: tcp, port: 1, servers: [] }, # the first
  # about the second
  { name: B, mode: tcp, port: 2, servers: [] } # the second
  , { name: C, mode: tcp, port: 3, servers: [], }
]
`;
    for (const [index, name] of ['A', 'B', 'C'].entries()) {
      const left = await edited(text, [{ path: `services[${index}]`, remove: true }]);
      expect(left).not.toContain(`name: ${name}`);
      for (const comment of ['# the first', '# about the second', '# the second'])
        expect(left).toContain(comment);
    }
    expect(await edited(text, [{ path: 'services[2].backlog', value: 3 }])).toContain(
      'servers: [], backlog: 3, }',
    );
  });
});
