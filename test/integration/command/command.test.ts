import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ControlOverview } from '../../../src/control/file-comparison.ts';
import type { Overview } from '../../../src/index.ts';
import { CommandScene } from './command-scene.ts';

let scene: CommandScene;

beforeEach(async () => {
  scene = await CommandScene.open();
});

afterEach(() => scene.close());

const sluice: CommandScene['begin'] = (...args) => scene.begin(...args);
const say: CommandScene['say'] = (code, ...args) => scene.say(code, ...args);
const write: CommandScene['write'] = (change) => scene.write(change);
const running: CommandScene['running'] = (...args) => scene.running(...args);
const session: CommandScene['session'] = (port) => scene.session(port);

describe('sluice run', () => {
  it('serves a file until it is told to stop, and says what it waits for', async () => {
    const { run, port } = await running();
    const client = await session(port);
    expect(client.text).toBe('s1');
    run.kill('SIGTERM');
    await run.printed(/SIGTERM: takes nothing new/u);
    await run.printed(/Waits for sessions: DICOM 1/u);
    client.socket.resetAndDestroy();
    expect(await run.ended()).toBe(0);
    expect(run.output).toContain('Stopped.');
  });

  it('cuts what is left at a second signal', async () => {
    const { run, port } = await running();
    const client = await session(port);
    run.kill('SIGINT');
    await run.printed(/Waits for sessions/u);
    run.kill('SIGINT');
    expect(await run.ended()).toBe(0);
    await client.untilReset();
  });

  it('reads the file again at SIGHUP, applies what differs, and goes on where it is wrong', async () => {
    const { run, port } = await running();
    const client = await session(port);
    write('    maxConnectAttempts: 1\n');
    run.kill('SIGHUP');
    await run.printed(/maxConnectAttempts/u);
    write('    maxConectAttempts: 1\n');
    run.kill('SIGHUP');
    await run.printed(/pacs\.yaml:8.*\n*.*maxConnectAttempts/u);
    await run.printed(/not applied/u);
    expect((await session(port)).text).toBe('s1');
    expect(client.isClosed).toBe(false);
  });

  it('reads the file again when it changes', async () => {
    const { run } = await running('--watch');
    write('    maxConnectAttempts: 1\n');
    await run.printed(/The file has changed: applies/u);
  });

  it('says every problem of a wrong file, with its place, and ends with 2', async () => {
    const file = write('    prot: 5\n    idleTimeoutMs: soon\n');
    const output = await say(2, 'run', file);
    expect(output).toMatch(/pacs\.yaml:8:\d+: .*'port'/u);
    expect(output).toMatch(/pacs\.yaml:9:\d+: .*idleTimeoutMs/u);
  });

  it('keeps tables and orders in a file, writes an access log and serves metrics', async () => {
    const [snapshot, log] = [scene.path('pacs.snapshot'), scene.path('access.log')];
    const flags = ['--snapshot', snapshot, '--access-log', log, '--metrics', '0'];
    const persistence = '    persistence: { kind: sourceIp }\n';
    const { run, port } = await running(persistence, ...flags);
    const [, url] = await run.printed(/Metrics: (http:.*)/u);
    (await session(port)).socket.resetAndDestroy();
    expect(await (await fetch(url!)).text()).toContain('sluice_build_info');
    await say(0, 'halt', 's1');
    run.kill('SIGTERM');
    expect(await run.ended()).toBe(0);
    const records = readFileSync(log, 'utf8').trim().split('\n');
    expect(records.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { service: 'DICOM', server: 's1' },
    ]);
    const again = await running(persistence, '--snapshot', snapshot);
    await again.run.printed(/restored the snapshot .*1 orders/u);
    expect((await session(again.port)).text).toBe('s2');
  });

  it('leaves the snapshot file of another alone where it cannot start', async () => {
    const snapshot = scene.path('pacs.snapshot');
    const { port } = await running('    persistence: { kind: sourceIp }\n');
    writeFileSync(snapshot, 'of another process');
    const file = scene.path('pacs.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('port: 0', `port: ${port}`));
    const args = ['--snapshot', snapshot, '--control', scene.path('second.sock')];
    expect(await say(1, 'run', file, ...args)).toContain('in use');
    expect(readFileSync(snapshot, 'utf8')).toBe('of another process');
  });

  it('refuses a second balancer on one control socket', async () => {
    await running();
    expect(await say(1, 'run', scene.path('pacs.yaml'))).toContain('Another process answers');
  });
});

describe('sluice check', () => {
  it('shows what it would mend, mends it, and keeps the rest of the file', async () => {
    const file = write('    healthCheck: { probe: { kind: connect }, rise: 1, fall: 1, onDown: abort }\n');
    const before = readFileSync(file, 'utf8');
    expect(await say(1, 'check', file)).toContain('[flap-1, --fix mends it]');
    expect(await say(0, 'check', file, '--fix', '--dry-run')).toContain('is not changed: --dry-run');
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(await say(0, 'check', file, '--fix')).toMatch(/^flap-1: /mu);
    expect(readFileSync(file, 'utf8')).toMatch(/^# The archive\./u);
    expect(await say(0, 'check', file, '--fix')).toContain('Nothing can be mended mechanically.');
  });

  it('tells what is left where it stands after the mend', async () => {
    const file = write();
    const servers = '[{ name: s1, host: 127.0.0.1, port: 8 }, { name: s2, host: 127.0.0.1, port: 9 }]';
    writeFileSync(file, `${scene.text}  - { name: WEB, mode: http, port: 0, servers: ${servers} }\n`);
    const lineOfWeb = (): number =>
      scene.text.split('\n').findIndex((line) => line.includes('name: WEB')) + 1;
    const before = lineOfWeb();
    const expected = (): string => `pacs.yaml:${lineOfWeb()}:5: warning: WEB has 2 servers and no check`;
    expect(await say(1, 'check', file, '--fix', '--dry-run')).toContain(expected());
    expect(await say(1, 'check', file, '--fix')).toContain(expected());
    expect(lineOfWeb()).toBeGreaterThan(before);
  });

  it('mends a file that breaks a rule, and nothing where something else is wrong', async () => {
    const web = '    persistence: { kind: httpCookie } # by cookie\n';
    const file = write(web);
    const wrong = await say(2, 'check', file);
    expect(wrong).toMatch(/pacs\.yaml:8:\d+: services\[0\]\.persistence: .*\(persist-mode\)/u);
    expect(wrong).toContain('--fix mends what breaks a rule here.');
    expect(await say(0, 'check', file, '--fix', '--dry-run')).toContain('is not changed: --dry-run');
    expect(scene.text).toContain('httpCookie');
    expect(await say(0, 'check', file, '--fix')).toContain('  services[0].persistence: {"kind":"sourceIp"}');
    expect(scene.text).toContain('{ kind: sourceIp } # by cookie');

    write(`${web}    idleTimeoutMs: soon\n`);
    const still = await say(2, 'check', file, '--fix');
    expect(still).toMatch(
      /Nothing is mended before the rest is right\.\n(?:.*\n)*.*persist-mode(?:.*\n)*.*:9:\d+: .*idleTimeoutMs/u,
    );
    expect(scene.text).toContain('httpCookie');
  });
});

describe('orders and answers', () => {
  it('shows and changes a running balancer', async () => {
    const { port } = await running();
    await session(port);
    expect(await say(0, 'overview')).toMatch(/DICOM \(tcp\).*up/u);
    expect(await say(0, 'explain', '127.0.0.1')).toMatch(
      /DICOM +s1 +\(balance; 1 session now, the longest since /u,
    );
    expect(await say(0, 'sessions', '--server', 's1')).toMatch(/127\.0\.0\.1:\d+ +│ s1/u);
    expect(await say(0, 'sessions', '--server', 's2')).toContain('Nobody is connected.');
    expect(await say(0, 'halt', 's1')).toContain('s1 is halted');
    expect((await session(port)).text).toBe('s2');
    expect(await say(0, 'weight', 's2', '7', '--service', 'DICOM')).toContain('weight 7');
    expect(await say(0, 'add-server', 's3', '127.0.0.1')).toContain('s3 is added');
    expect(await say(0, 'remove-server', 's3')).toContain('s3 is removed');
    expect(await say(0, 'duplicate', 'DICOM', '--name', 'QUERY', '--port', '0')).toContain('QUERY is a copy');
    const overview = JSON.parse(await say(0, 'overview', '--json')) as Overview;
    expect(overview.services.map(({ name }) => name)).toEqual(['DICOM', 'QUERY']);
    expect(overview.services[0]!.listeners[0]!.servers).toMatchObject([
      { name: 's1', adminState: 'halt' },
      { name: 's2', weight: 7 },
    ]);
    expect(await say(0, 'status')).toMatch(/file +\/.*pacs\.yaml/u);
  });

  it('drains with progress, and ends with the last session', async () => {
    const { port } = await running();
    const client = await session(port);
    const drain = sluice('drain', 's1', '--then', 'halt');
    await drain.printed(/sessions left: DICOM 1/u);
    client.socket.resetAndDestroy();
    expect(await drain.ended()).toBe(0);
    expect(drain.output).toContain('s1 is drained: DICOM empty');
  });

  it.each([
    ['', 'until it is taken online'],
    ['--then halt', 'until it has no session, and is halted then'],
    ['--then halt --quiet-for 90s', 'until it has had no session for 1m30s, and is halted then'],
    ['--deadline 10m', 'until it is taken online; what is left after 10m is cut, and it is halted then'],
    [
      '--deadline 10m --then halt',
      'until it has no session, and is halted then; what is left after 10m is cut',
    ],
  ])('says until when a drain goes on that nobody waits for: %s', async (flags, until) => {
    const { port } = await running();
    await session(port);
    const said = await say(0, 'drain', 's1', '--no-wait', ...flags.split(' ').filter((flag) => flag !== ''));
    expect(said).toBe(`s1 drains ${until}\n`);
  });

  it('duplicates a service, and tells what may not be meant in the copy', async () => {
    await running('    healthCheck: { probe: { kind: http }, intervalMs: 60s }\n');
    const copy = (name: string): readonly string[] => ['duplicate', 'DICOM', '--name', name, '--port', '0'];
    expect(await say(0, ...copy('QUERY'))).toMatch(
      /QUERY is a copy.*\nwarning: QUERY relays TCP.*\[dup-check-kind\]/u,
    );
    expect(await say(0, ...copy('MWL'), '--probe', 'connect')).not.toContain('dup-check-kind');
    const refused = await say(2, ...copy('WEB'), '--persistence', 'httpCookie');
    expect(refused).toMatch(
      /^WEB is not made\..*\n.*\(persist-mode\)\n.*WEB relays TCP.*\(dup-check-kind\)/u,
    );
    const { services } = JSON.parse(await say(0, 'overview', '--json')) as Overview;
    expect(services.map(({ name }) => name)).toEqual(['DICOM', 'QUERY', 'MWL']);
  });

  it('lists, sets and clears what tables remember', async () => {
    const { port } = await running('    persistence: { kind: sourceIp }\n');
    await session(port);
    expect(await say(0, 'table', 'list', 'DICOM')).toMatch(/127\.0\.0\.1 +s1 .*held by 1 sessions/u);
    expect(await say(0, 'table', 'set', 'DICOM', '127.0.0.1', 's2')).toContain('goes to s2');
    expect((await session(port)).text).toBe('s2');
    expect(await say(0, 'explain', '127.0.0.1')).toMatch(
      /DICOM {2}s2 {2}\(table; remembered for .* after its sessions; 2 sessions now, the longest since/u,
    );
    expect(await say(0, 'table', 'clear', 'DICOM', '--client', '127.0.0.1')).toContain('1 entries');
    expect(await say(2, 'table', 'set', 'DICOM', 'ct-1', 's2')).toContain('an IP address');
    expect(await say(0, 'table', 'DICOM', 'set', '127.0.0.1', 's1')).toContain('goes to s1');
    for (const words of [['find', '127.0.0.1'], ['list', '--server', 's1'], ['--client', '127.0.0.1'], []])
      expect(await say(0, 'table', 'DICOM', ...words)).toMatch(/127\.0\.0\.1 +s1 /u);
    expect(await say(2, 'table', 'DICOM', 'sort')).toContain('there are list, find, clear, set');
    expect(await say(2, 'table')).toContain('sluice table DICOM find 192.168.85.31');
    expect(await say(1, 'table', 'list', 'QUERY')).toContain('known services: DICOM');
  });

  it('backs up, restores and measures', async () => {
    const { port } = await running('    persistence: { kind: sourceIp }\n');
    await session(port);
    await say(0, 'weight', 's2', '9');
    const file = scene.path('pacs.backup');
    expect(await say(0, 'backup', file)).toContain('is written');
    await say(0, 'weight', 's2', '1');
    await say(0, 'duplicate', 'DICOM', '--name', 'QUERY', '--port', '0');
    expect(await say(0, 'restore', file)).toMatch(/1 orders/u);
    const { services } = JSON.parse(await say(0, 'overview', '--json')) as Overview;
    expect(services.map(({ name }) => name)).toEqual(['DICOM']);
    expect(services[0]!.listeners[0]!.servers[1]).toMatchObject({ weight: 9 });
    expect(await say(0, 'metrics')).toMatch(/^sluice_server_sessions_total\{.*server="s1"\} 1$/mu);
    writeFileSync(file, 'damaged');
    expect(await say(1, 'restore', file)).toContain('sluice');
    expect(await say(1, 'restore', scene.path('nothing'))).toContain('no such file');
  });

  it('tells what happened, and what happens until it is interrupted', async () => {
    const { run, port } = await running();
    (await session(port)).socket.resetAndDestroy();
    const log = sluice('log', '--follow');
    await log.printed(/DICOM: 127\.0\.0\.1:\d+ → s1 \(balance\), .*ended by the client/u);
    await say(0, 'halt', 's1');
    const by = String.raw`by \S+ \(claimed by sluice halt\)`;
    await log.printed(new RegExp(`DICOM: s1 was online, is halt, ${by}`, 'u'));
    await log.printed(new RegExp(`order halt s1, ${by}`, 'u'));
    expect(await log.interrupt()).toBe(0);
    // The journal of the service has it as well.
    await run.printed(new RegExp(`info: DICOM: s1 was online, is halt, ${by}`, 'u'));
    expect(await say(0, 'log', '--access', '--client', '127.0.0.0/8')).toMatch(/^[^\n]+→ s1[^\n]+\n$/u);
    const [change, order] = (await say(0, 'log', '--state', '--json')).trim().split('\n').slice(-2);
    expect(JSON.parse(change!)).toMatchObject({
      kind: 'event',
      event: 'serverAdminStateChanged',
      server: 's1',
    });
    expect(JSON.parse(order!)).toMatchObject({ kind: 'order', order: 'halt', server: 's1' });
    expect(await say(1, 'log', '--service', 'QUERY')).toContain('known services: DICOM');
    expect(await say(2, 'log', '--access', '--state')).toContain('cannot be used with');
  });

  it('keeps as many access records as it is asked for', async () => {
    const { port } = await running('--recent', '0');
    (await session(port)).socket.resetAndDestroy();
    expect(await say(0, 'log', '--access')).toBe('');
  });

  it('says what differs from the file, until that is saved', async () => {
    await running();
    await say(0, 'weight', 's2', '7');
    const text = '* s2 of DICOM: weight 7 by order, file says 1; --save keeps it';
    expect(await say(0, 'overview')).toContain(text);
    expect(await say(0, 'weight', 's2', '7', '--save')).toContain('saved in');
    expect(await say(0, 'overview')).not.toContain('*');
    // A hand in the file counts as well, before anybody applies it.
    write('    prot: 5\n');
    expect(await say(0, 'overview')).toMatch(/pacs\.yaml is wrong[^]*Not compared with the file: .*'port'/u);
    write('    maxConnectAttempts: 1\n');
    const { file } = JSON.parse(await say(0, 'overview', '--json')) as ControlOverview;
    expect(file?.differences.map(({ service, server }) => [service, server])).toEqual([
      ['DICOM', undefined],
      ['DICOM', 's2'],
    ]);
  });

  it('writes a support bundle', async () => {
    await running();
    const file = scene.path('support.tar.gz');
    expect(await say(0, 'support', file)).toContain('configuration.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
  });

  it.each([
    [1, ['overview'], 'No balancer runs behind'],
    [2, ['overveiw'], 'Did you mean overview?'],
    [2, ['drain', 's1', '--deadline', 'soon'], 'such as 90s, 10m'],
    [2, ['weight', 's1', '300'], 'from 0 to 256'],
    [0, ['--help'], 'Exit codes'],
    [0, ['drain', '--help'], 'sluice drain INF_PACS1 --deadline 10m'],
    [0, ['--version'], '1.2.3'],
  ])('ends with %d for %j without a balancer', async (code, args, text) => {
    expect(await say(code, ...args)).toContain(text);
  });
});
