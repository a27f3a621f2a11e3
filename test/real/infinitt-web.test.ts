import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeSeries, type DicomFile } from '../support/dicom-files.ts';
import { InfinittDeployment, vip } from '../support/infinitt-deployment.ts';
import { dcmtkEnv, requireTools, run } from '../support/real-software.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const describeReal = requireTools(['Orthanc', 'curl', 'storescu', 'dump2dcm'], 'orthanc, curl and dcmtk');

describeReal('web requests through the balancer to three Orthancs', () => {
  const folder = temporaryFolder();
  let deployment: InfinittDeployment;

  beforeAll(async () => {
    deployment = await InfinittDeployment.start(3);
  });

  afterAll(() => deployment.stop());

  async function curl(path: string, ...args: readonly string[]): Promise<string> {
    const url = `http://${vip}:${deployment.portOf('INFINITT_Web')}${path}`;
    const { exitCode, stdout, stderr } = await run('curl', ['-sS', '--fail', ...args, url]);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    return stdout;
  }

  /** The name of the server that answers. */
  async function askName(...args: readonly string[]): Promise<string> {
    return (JSON.parse(await curl('/system', ...args)) as { Name: string }).Name;
  }

  /** As a browser does: sends the cookies that it was given, and keeps new ones. */
  function withJar(name: string): readonly string[] {
    const file = join(folder, name);
    return ['-b', file, '-c', file];
  }

  it('keeps a client without cookies at one server, by its address', async () => {
    const byAddress = new Map<string, Set<string>>();
    for (const address of ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.2', '127.0.0.3', '127.0.0.4']) {
      const names = byAddress.get(address) ?? new Set();
      byAddress.set(address, names.add(await askName('--interface', address)));
    }
    const names = [...byAddress.values()].map((set) => [...set]);
    expect(names.map((set) => set.length)).toEqual([1, 1, 1]);
    expect(new Set(names.flat()).size).toBe(3);
  });

  it('keeps a client with a cookie at one server, wherever it comes from', async () => {
    const jar = withJar('wanderer');
    const home = await askName(...jar, '--interface', '127.0.0.5');
    for (const address of ['127.0.0.6', '127.0.0.7', '127.0.0.8']) {
      expect(await askName(...jar, '--interface', address)).toBe(home);
    }
    // Without the cookie those addresses are where the cookie took them: the table learns what was used.
    expect(await askName('--interface', '127.0.0.8')).toBe(home);
  });

  it('sets the cookie once, and does not tell where the server is', async () => {
    const jar = withJar('newcomer');
    const first = await curl('/system', '-i', ...jar);
    const second = await curl('/system', '-i', ...jar);
    const cookie = /^set-cookie: (.*)$/im.exec(first)?.[1] ?? '';
    expect(cookie).toMatch(/^[^=;]+=[^;]+; .*HttpOnly/i);
    expect(cookie).not.toContain('127.0.0');
    for (const { httpPort } of deployment.orthancs) expect(cookie).not.toContain(String(httpPort));
    expect(second).not.toMatch(/^set-cookie:/im);
  });

  it('shows in the browser what the same client stored by DICOM, byte for byte', async () => {
    const [file] = (await writeSeries(folder, { count: 1 })) as [DicomFile];
    const service = [vip, String(deployment.portOf('DICOM'))];
    const sent = await run('storescu', ['-aec', 'PACS', ...service, file.path], { env: dcmtkEnv });
    expect(sent.exitCode).toBe(0);
    const instances = JSON.parse(await curl('/instances')) as readonly string[];
    expect(instances).toHaveLength(1);
    const download = join(folder, 'download');
    await curl(`/instances/${instances[0]}/file`, '-o', download);
    const direct = await deployment.orthanc(await askName()).instances();
    expect(direct.get(file.sopInstanceUid)).toBe(file.sha256);
    expect(readFileSync(download).includes(readFileSync(file.path).subarray(-16_384))).toBe(true);
  });

  it('takes uploads whole', async () => {
    const files = await writeSeries(folder, { count: 3, series: 7 });
    for (const { path } of files) await curl('/instances', '--data-binary', `@${path}`);
    const stored = await deployment.orthanc(await askName()).instances();
    for (const file of files) expect(stored.get(file.sopInstanceUid)).toBe(file.sha256);
  });

  it('takes a client whose server was killed to another, with a new cookie', async () => {
    const jar = withJar('survivor');
    const home = await askName(...jar, '--interface', '127.0.0.9');
    await deployment.orthanc(home).kill();
    const answer = await curl('/system', '-i', ...jar, '--interface', '127.0.0.9');
    expect(answer).toMatch(/^set-cookie:/im);
    expect(answer).not.toContain(`"${home}"`);
    const next = await askName(...jar, '--interface', '127.0.0.9');
    expect(next).not.toBe(home);
    expect(await askName(...jar, '--interface', '127.0.0.11')).toBe(next);
  });
});
