import { watch } from 'node:fs/promises';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Explanation, Overview, ServerOverview } from '../../src/index.ts';
import { Administrator } from '../support/administrator.ts';
import { builtCommand } from '../support/built-command.ts';
import { writeSeries, type DicomFile } from '../support/dicom-files.ts';
import { OwnNetwork, requireOwnNetwork, type Machine } from '../support/own-network.ts';
import { PacsServer } from '../support/pacs-server.ts';
import { dcmtkEnv } from '../support/real-software.ts';
import type { RunningCommand } from '../support/running-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { shownCommands, shows } from '../support/shown-commands.ts';
import { Page } from '../unit/docs/markdown.ts';

const tools = ['storescp', 'storescu', 'echoscu', 'dump2dcm', 'nginx', 'nmbd', 'nmblookup', 'curl'];
const packages = 'dcmtk, nginx, samba, samba-common-bin and curl';

/** The addresses of the deployment guide. */
const vip = '192.168.85.150';
const hosts = ['192.168.85.200', '192.168.85.201', '192.168.85.202'] as const;
/** Modalities, which know nothing but the virtual IP address. */
const modalities = ['192.168.85.31', '192.168.85.32', '192.168.85.33'] as const;
/** What comes new in the course of the day. */
const newcomers = ['192.168.85.41', '192.168.85.42', '192.168.85.43', '192.168.85.44'] as const;

const runCommand = 'sluice run infinitt.yaml';

requireOwnNetwork(tools, packages)("an administrator's day", () => {
  const folder = temporaryFolder();
  const file = join(folder, 'infinitt.yaml');
  let network: OwnNetwork;
  let servers: readonly PacsServer[] = [];
  let administrator: Administrator;
  let give: Administrator['give'];
  let running: RunningCommand;
  /** By their addresses. */
  const clients = new Map<string, Machine>();

  beforeAll(async () => {
    network = await OwnNetwork.start();
    const machines = await inTurn(hosts, (host) => network.addMachine(host));
    for (const address of [...modalities, ...newcomers])
      clients.set(address, await network.addMachine(address));
    administrator = new Administrator(await network.addMachine(vip), await builtCommand(), folder);
    give = (line, exitCode) => administrator.give(line, exitCode);
    servers = await Promise.all(
      machines.map((machine, index) => PacsServer.start(machine, `INF_PACS${index + 1}`)),
    );
  });

  afterAll(async () => {
    await administrator.leave();
    await Promise.all(servers.map((server) => server.stop()));
    await network.stop();
  });

  function client(address: string): Machine {
    return clients.get(address)!;
  }

  function serverCalled(name: string): PacsServer {
    return servers.find((server) => server.name === name)!;
  }

  /** Asks the portal as a browser without cookies. @returns the server's name */
  async function portalOf(address: string): Promise<string> {
    const { exitCode, stdout } = await client(address).run('curl', ['-sS', '--fail', `http://${vip}/`]);
    expect(exitCode).toBe(0);
    return stdout;
  }

  /** Sends a C-ECHO. @returns the name of the server that had it */
  async function echo(address: string, port: number): Promise<string> {
    const before = servers.map((server) => server.echoes(port));
    const { exitCode } = await client(address).run('echoscu', [vip, String(port)], { env: dcmtkEnv });
    expect(exitCode).toBe(0);
    const asked = servers.filter((server, index) => server.echoes(port) > before[index]!);
    expect(asked).toHaveLength(1);
    return asked[0]!.name;
  }

  /** Asks for the NetBIOS names behind the virtual IP address. @returns the server's name */
  async function netbiosNameOf(address: string): Promise<string | undefined> {
    const { output } = await client(address).run('nmblookup', ['-A', vip]);
    return /^\s+(INF_PACS\d)\s+<00>/mu.exec(output)?.[1];
  }

  function dicomServersOf(address: string): Promise<readonly string[]> {
    return inTurn([104, 105, 204], (port) => echo(address, port));
  }

  /** The servers that all services give a client. */
  async function serversOf(address: string): Promise<ReadonlySet<string | undefined>> {
    return new Set([
      ...(await dicomServersOf(address)),
      await portalOf(address),
      await netbiosNameOf(address),
    ]);
  }

  function beginStore(address: string, files: readonly DicomFile[]): RunningCommand {
    const args = ['-aet', 'CT', '-aec', 'PACS', vip, '104', ...files.map(({ path }) => path)];
    return client(address).begin('storescu', args, { env: dcmtkEnv });
  }

  async function overview(): Promise<Overview> {
    return JSON.parse(await give('sluice overview --json')) as Overview;
  }

  async function serviceNames(): Promise<readonly string[]> {
    return (await overview()).services.map(({ name }) => name);
  }

  /** The server in every service and protocol. */
  async function statesOf(name: string): Promise<readonly ServerOverview[]> {
    const listeners = (await overview()).services.flatMap((service) => service.listeners);
    return listeners.flatMap((listener) => listener.servers).filter((server) => server.name === name);
  }

  /** Waits until all servers are up that may be: none of them listens on TCP port 137. */
  async function allUp(): Promise<void> {
    const isUp = async (): Promise<boolean> =>
      (await overview()).services
        .flatMap(({ listeners }) => listeners)
        .filter(({ protocol, port }) => protocol === 'udp' || port !== 137)
        .every((listener) => listener.servers.every(({ health }) => health === 'up'));
    await expect.poll(isUp, { timeout: 30_000, interval: 200 }).toBe(true);
  }

  /** Where the next session of a client goes, in every service. */
  async function explain(address: string): Promise<Readonly<Record<string, Explanation>>> {
    return JSON.parse(await give(`sluice explain ${address} --json`)) as Record<string, Explanation>;
  }

  /** Waits for a snapshot that was begun after this. */
  async function nextSnapshot(): Promise<void> {
    let written = 0;
    // The first one may have begun before.
    for await (const { eventType, filename } of watch(folder)) {
      if (eventType === 'rename' && filename === 'infinitt.snapshot') written += 1;
      if (written === 2) return;
    }
  }

  function edit(change: (text: string) => string, path = file): void {
    writeFileSync(path, change(readFileSync(file, 'utf8')));
  }

  it('writes a file, and checks it', async () => {
    const line = `sluice init infinitt --vip ${vip} --server INF_PACS1=${hosts[0]} --server INF_PACS2=${hosts[1]} --only INFINITT_Web,INFINITT_Check`;
    expect(await give(line)).toContain('infinitt.yaml is written');
    expect(await give('sluice check infinitt.yaml')).toContain('infinitt.yaml: right');
    edit((text) => text.replace('intervalMs: 30s', 'intervalMs: 1s'));
    edit((text) => text.replace('port: 80', 'prot: 80'), join(folder, 'mistyped.yaml'));
    expect(await give('sluice check mistyped.yaml', 2)).toMatch(
      /mistyped\.yaml:\d+:\d+: .*a known option such as 'port'.*\n.*prot: 80/u,
    );
    expect(await give('sluice overview', 1)).toContain('No balancer runs');
  });

  it('runs it: the portal and the name service answer', async () => {
    running = administrator.begin(runCommand);
    await running.printed(/Orders: /u);
    await allUp();
    expect(await give('sluice overview')).toMatch(/INFINITT_Web \(http\) +│ 192\.168\.85\.150:80 +│ up/u);
    expect(await portalOf(modalities[0])).toBe('INF_PACS1');
    expect(await portalOf(modalities[1])).toBe('INF_PACS2');
    expect(await netbiosNameOf(modalities[1])).toBe('INF_PACS2');
  });

  it('adds a server, which gets new clients and is in the file', async () => {
    const said = await give(`sluice add-server INF_PACS3 ${hosts[2]} --save`);
    expect(said).toMatch(/INF_PACS3 is added\nsaved in .*infinitt\.yaml/u);
    await allUp();
    expect(await inTurn([...modalities, ...newcomers.slice(0, 2)], portalOf)).toContain('INF_PACS3');
    expect(readFileSync(file, 'utf8').match(/INF_PACS3/gu)).toHaveLength(2);
    expect(readFileSync(file, 'utf8')).toContain('# Web portal:');
  });

  it('is told of the mistake that the guide warns of, by the order and by the file', async () => {
    const mistake = 'sluice duplicate INFINITT_Web --name DICOM --port 104 --mode tcp';
    const said = await give(mistake, 2);
    expect(said).toContain('DICOM is not made. --mode, --persistence and --probe say what differs');
    expect(said).toMatch(/persistence: expected .*mode 'tcp'.*\(persist-mode\)/u);
    expect(said).toMatch(/healthCheck\.probe: DICOM relays TCP, .*by HTTP.*\(dup-check-kind\)/u);
    expect(await serviceNames()).toEqual(['INFINITT_Web', 'INFINITT_Check']);
    expect(await give('sluice check --explain persist-mode')).toContain('duplicate of the web service');

    const copied = join(folder, 'copied.yaml');
    edit(
      (text) =>
        `${text}${webServiceIn(text).replace('INFINITT_Web', 'DICOM').replace('mode: http', 'mode: tcp').replace('port: 80', 'port: 104')}`,
      copied,
    );
    const checked = await give('sluice check copied.yaml', 2);
    expect(checked).toMatch(/copied\.yaml:\d+:\d+: services\[2\]\.persistence: .*persist-mode/u);
    expect(checked).toMatch(
      /copied\.yaml:\d+:\d+: warning: DICOM relays TCP.*\[dup-check-kind, --fix mends it\]/u,
    );
    expect(await give('sluice check copied.yaml --fix')).toContain('copied.yaml: right');
  });

  it('makes the three DICOM services by duplication, as the guide has them', async () => {
    const three = hosts.map((host, index) => `--server INF_PACS${index + 1}=${host}`).join(' ');
    await give(`sluice init infinitt --vip ${vip} ${three} --out full.yaml`);
    const flags = '--mode tcp --persistence sourceIp --probe connect --save';
    expect(await give(`sluice duplicate INFINITT_Web --name DICOM --port 104 ${flags}`)).toContain(
      'DICOM is a copy of INFINITT_Web',
    );
    // Compared with what the preset has, one thing is missing.
    expect(await give('sluice plan full.yaml')).toContain('idleTimeoutMs 1h → 12h');
    edit((text) => text.replace(/^ +port: 104$/mu, '$&\n    idleTimeoutMs: 12h'));
    expect(await give('sluice plan infinitt.yaml')).toMatch(
      /^service DICOM is replaced, .*idleTimeoutMs 1h → 12h$/mu,
    );
    expect(await give('sluice apply infinitt.yaml')).toContain('It is applied.');
    await give('sluice duplicate DICOM --name QUERY --port 105 --save');
    await give('sluice duplicate QUERY --name MWL --port 204 --save');
    expect(await give('sluice plan full.yaml')).toMatch(/^Nothing differs\.$/mu);
    expect(await give('sluice check infinitt.yaml')).toContain('infinitt.yaml: right');
    await allUp();
    expect(await dicomServersOf(modalities[0])).toEqual(['INF_PACS1', 'INF_PACS1', 'INF_PACS1']);
  });

  it('drains a server for patching while a modality stores, and cuts nobody', async () => {
    const [ct] = modalities;
    const patched = serverCalled('INF_PACS1');
    const files = await writeSeries(folder, { count: 300 });
    const store = beginStore(ct, files);
    while (patched.storedCount < 5) await delay(5);
    store.kill('SIGSTOP');
    expect(patched.storedCount).toBeLessThan(files.length);

    const drain = administrator.begin('sluice drain INF_PACS1 --then halt');
    await drain.printed(/sessions left: .*DICOM 1/u);
    expect(await give('sluice sessions --server INF_PACS1')).toMatch(
      /DICOM \(tcp\) +│ 192\.168\.85\.31:\d+ +│ INF_PACS1/u,
    );
    const others = await inTurn(newcomers.slice(2), (address) => echo(address, 104));
    expect(others).not.toContain('INF_PACS1');
    store.kill('SIGCONT');
    expect(await store.ended()).toBe(0);
    expect(await drain.ended()).toBe(0);
    expect(drain.output).toMatch(/INF_PACS1 is drained: .*DICOM empty/u);
    expect(patched.stored()).toEqual(files.map(({ sha256 }) => sha256).sort());

    await patched.shutDown();
    const later = await writeSeries(folder, { count: 3, series: 1 });
    expect(await beginStore(ct, later).ended()).toBe(0);
    const next = await echo(ct, 104);
    expect(next).not.toBe('INF_PACS1');
    expect(serverCalled(next).storedCount).toBe(3);
    expect(await statesOf('INF_PACS1')).toSatisfy((states: readonly ServerOverview[]) =>
      states.every(({ adminState }) => adminState === 'halt'),
    );
  });

  it('takes the server back', async () => {
    await serverCalled('INF_PACS1').boot();
    expect(await give('sluice online INF_PACS1')).toContain('INF_PACS1 is online');
    await allUp();
    await give('sluice table clear DICOM --client 192.168.85.40/29');
    expect(await inTurn(newcomers, (address) => echo(address, 104))).toContain('INF_PACS1');
  });

  it('explains where a modality goes', async () => {
    const [ct] = modalities;
    const [home] = await dicomServersOf(ct);
    const said = await give(`sluice explain ${ct}`);
    for (const service of ['INFINITT_Web', 'DICOM', 'QUERY', 'MWL', 'INFINITT_Check'])
      expect(said).toMatch(new RegExp(`^ +${service} +${home!} +\\(table; .*remembered for .*\\)$`, 'mu'));
    expect(await give(`sluice table list DICOM --client ${ct}`)).toMatch(
      new RegExp(`^${ct} +${home!} +.* left`, 'u'),
    );
  });

  it('is killed and starts again: orders stand, and every client has the server that it had', async () => {
    const addresses = [...modalities, ...newcomers];
    await give('sluice weight INF_PACS2 3');
    const before = await inTurn(addresses, serversOf);
    expect(before.map(({ size }) => size)).toEqual(addresses.map(() => 1));
    expect(new Set(before.flatMap((names) => [...names])).size).toBe(3);
    expect(await give('sluice backup pacs.backup')).toContain('pacs.backup is written');
    await nextSnapshot();
    running.kill('SIGKILL');
    expect(await running.ended()).toBe(null);

    running = administrator.begin(runCommand);
    await running.printed(/restored the snapshot .*infinitt\.snapshot of .*: \d+ entries, \d+ orders/u);
    await running.printed(/Orders: /u);
    expect(await inTurn(addresses, serversOf)).toEqual(before);
    expect((await statesOf('INF_PACS2')).map(({ weight }) => weight)).toEqual(
      Array.from({ length: 6 }, () => 3),
    );
  });

  it('restores configuration, orders and tables from the backup', async () => {
    const [ct] = modalities;
    const before = await explain(ct);
    edit(
      (text) => text.replace(/^ {2}- name: MWL$[^]*/mu, '').replaceAll(/^.*INF_PACS3.*\n/gmu, ''),
      join(folder, 'wrong.yaml'),
    );
    expect(await give('sluice apply wrong.yaml')).toContain('service MWL is removed');
    await give('sluice weight INF_PACS2 1');
    await give('sluice table clear DICOM');
    expect(await serviceNames()).not.toContain('MWL');

    expect(await give('sluice restore pacs.backup')).toMatch(
      /restored a backup of \d+ s ago: \d+ entries, \d+ orders/u,
    );
    expect(await give('sluice plan infinitt.yaml')).toMatch(/^Nothing differs\.$/mu);
    expect((await statesOf('INF_PACS2')).map(({ weight }) => weight)).toEqual(
      Array.from({ length: 6 }, () => 3),
    );
    expect(serversIn(await explain(ct))).toEqual(serversIn(before));
    expect([...(await serversOf(ct))]).toEqual([before['DICOM']!.server]);
  });

  it('ends when it is told to', async () => {
    running.kill('SIGTERM');
    expect(await running.ended()).toBe(0);
    expect(running.output).toContain('Stopped.');
  });

  it('is what the guide shows', () => {
    const shown = shownCommands(new Page('docs/administrators-day.md'));
    expect(shown.length).toBeGreaterThan(10);
    const wrong = shown.filter(
      (command) => !administrator.given.some((given) => shows(command, given, folder)),
    );
    expect(wrong).toEqual([]);
  });
});

function serversIn(explanations: Readonly<Record<string, Explanation>>): unknown {
  return Object.entries(explanations).map(([service, { server, reason }]) => [service, server, reason]);
}

/** The first service of a file, with its comment. */
function webServiceIn(text: string): string {
  return /^ {2}# Web portal[^]*?(?=^ {2}#)/mu.exec(text)![0];
}

async function inTurn<From, To>(
  list: readonly From[],
  work: (element: From) => Promise<To>,
): Promise<readonly To[]> {
  const results: To[] = [];
  for (const element of list) results.push(await work(element));
  return results;
}
