import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startDemoCluster, type DemoCluster } from '../../examples/demo-cluster/demo-cluster.ts';
import type { DemoServer } from '../../examples/demo-cluster/demo-server.ts';
import { findFreePorts } from '../../examples/demo-cluster/free-ports.ts';
import { echo, storeTinyInstance } from '../../examples/demo-cluster/traffic/dicom-client.ts';
import { sha256 } from '../../examples/demo-cluster/traffic/tiny-instance.ts';
import { dcmtkEnv, requireTools, run, type RunResult } from '../support/real-software.ts';

const date = '20260115';

const imageDump = (instance: number): string => `(0008,0016) UI [1.2.840.10008.5.1.4.1.1.7]
(0008,0018) UI [1.2.826.0.1.3680043.10.999.5.${instance}]
(0008,0020) DA [20260102]
(0008,0060) CS [OT]
(0010,0010) PN [DUMPED^FILE]
(0010,0020) LO [DUMP0001]
(0020,000d) UI [1.2.826.0.1.3680043.10.999.3.1]
(0020,000e) UI [1.2.826.0.1.3680043.10.999.4.1]
(0020,0011) IS [1]
(0020,0013) IS [${instance}]
(0028,0002) US 1
(0028,0004) CS [MONOCHROME2]
(0028,0010) US 4
(0028,0011) US 4
(0028,0100) US 8
(0028,0101) US 8
(0028,0102) US 7
(0028,0103) US 0
(7fe0,0010) OW 0100\\0302\\0504\\0706\\0908\\0b0a\\0d0c\\0f0e
`;

let folder: string;
let cluster: DemoCluster;
let server: DemoServer;

const describeWithDcmtk = requireTools(
  ['echoscu', 'storescu', 'dcmsend', 'findscu', 'dump2dcm', 'dcmconv', 'dcmdump', 'storescp'],
  'dcmtk',
);
const describeWithNmblookup = requireTools(['nmblookup'], 'samba-common-bin');

/** A DCMTK client against a port of the demo server. */
function dcmtk(
  tool: string,
  before: readonly string[],
  port: number,
  after: readonly string[] = [],
): Promise<RunResult> {
  return run(tool, [...before, server.host, String(port), ...after], { env: dcmtkEnv, cwd: folder });
}

async function makeImage(instance: number): Promise<string> {
  const dump = join(folder, `${instance}.dump`);
  const image = join(folder, `${instance}.dcm`);
  await writeFile(dump, imageDump(instance));
  const made = await run('dump2dcm', ['+te', dump, image]);
  expect(made.output).toBe('');
  return image;
}

describeWithDcmtk('a demo server and DCMTK', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-cluster-'));
    cluster = await startDemoCluster({ count: 1, date });
    server = cluster.servers[0]!;
  });

  afterAll(async () => {
    await cluster.stop();
    await rm(folder, { recursive: true });
  });

  it('answers echoscu, several times in one association', async () => {
    const before = server.statistics.echoes;
    const said = await dcmtk('echoscu', ['-v', '-aec', 'ANYTHING', '--repeat', '3'], server.ports.dicom);
    expect(said.exitCode, said.output).toBe(0);
    expect(said.output.match(/Received Echo Response \(Success\)/g)).toHaveLength(3);
    expect(server.statistics.echoes).toBe(before + 3);
  });

  it('tells echoscu its name, and releases in good order', async () => {
    const said = await dcmtk('echoscu', ['-d'], server.ports.dicom);
    expect(said.output).toMatch(/Their Implementation Version Name:\s+INF_PACS1/);
    expect(said.output).toContain('Releasing Association');
    expect(said.output).not.toMatch(/^[EW]:/m);
  });

  it('survives echoscu --abort', async () => {
    await dcmtk('echoscu', ['--abort'], server.ports.dicom);
    expect((await echo({ host: server.host, port: server.ports.dicom, timeoutMs: 2000 })).server).toBe(
      'INF_PACS1',
    );
  });

  it('takes the files of storescu and finds them by findscu -S', async () => {
    const images = [await makeImage(1), await makeImage(2)];
    const said = await dcmtk('storescu', ['-v', '-aet', 'CT01'], server.ports.dicom, images);
    expect(said.exitCode, said.output).toBe(0);
    expect(said.output.match(/Received Store Response \(Success\)/g)).toHaveLength(2);
    expect(server.storedInstances.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual([
      '1.2.826.0.1.3680043.10.999.5.1',
      '1.2.826.0.1.3680043.10.999.5.2',
    ]);
    const keys = ['-k', '0008,0052=STUDY', '-k', '0010,0020=DUMP*', '-k', '0020,000D'];
    const found = await dcmtk('findscu', ['-v', '-S', ...keys], server.ports.query);
    expect(found.exitCode, found.output).toBe(0);
    expect(found.output.match(/Find Response: \d+ \(Pending\)/g)).toHaveLength(1);
    expect(found.output).toContain('1.2.826.0.1.3680043.10.999.3.1');
    expect(found.output).toContain('DUMP0001');
  });

  it('hashes exactly the data set that storescu sent', async () => {
    const image = await makeImage(3);
    // As it travels: the data set alone, without file meta information.
    const raw = join(folder, '3.raw');
    const converted = await run('dcmconv', ['+te', '-F', image, raw]);
    expect(converted.output).toBe('');
    await dcmtk('storescu', ['-xe'], server.ports.dicom, [image]);
    expect(server.storedInstances.at(-1)).toMatchObject({ sha256: sha256(await readFile(raw)) });
  });

  it('takes the files of dcmsend', async () => {
    const image = await makeImage(4);
    const said = await dcmtk('dcmsend', ['-v'], server.ports.dicom, [image]);
    expect(said.exitCode, said.output).toBe(0);
    expect(server.storedInstances.at(-1)?.sopInstanceUid).toBe('1.2.826.0.1.3680043.10.999.5.4');
  });

  it.each([
    ['all entries', [], 4],
    ['a modality', ['-k', '(0040,0100)[0].Modality=CT'], 2],
    ['a station by wildcard', ['-k', '(0040,0100)[0].ScheduledStationAETitle=?R*'], 1],
    ['its day', ['-k', `(0040,0100)[0].ScheduledProcedureStepStartDate=${date}`], 4],
    ['another day', ['-k', '(0040,0100)[0].ScheduledProcedureStepStartDate=20270101-'], 0],
  ])('answers findscu -W: %s', async (_what, keys, count) => {
    const always = ['-k', '0010,0010', '-k', '0010,0020', '-k', '(0040,0100)[0].0040,0001'];
    const said = await dcmtk('findscu', ['-v', '-W', ...always, ...keys], server.ports.mwl);
    expect(said.exitCode, said.output).toBe(0);
    expect(said.output.match(/Find Response: \d+ \(Pending\)/g) ?? []).toHaveLength(count);
    expect(said.output).toContain('Received Final Find Response (Success)');
    expect(said.output).not.toMatch(/^[EW]:/m);
  });

  it('refuses a class that it does not serve, and says so properly', async () => {
    const said = await dcmtk('findscu', ['-v', '-P', '-k', '0008,0052=PATIENT'], server.ports.query);
    expect(said.output).toContain('No Acceptable Presentation Contexts');
  });

  it('has a client that DCMTK understands', async () => {
    const [port = 0] = await findFreePorts(['0.0.0.0'], 1);
    const scp = spawn('storescp', ['-v', '-od', folder, String(port)], {
      env: { ...process.env, ...dcmtkEnv },
    });
    try {
      const target = { host: '127.0.0.1', port, timeoutMs: 2000 };
      const answer = await until(() => echo(target));
      expect(answer.server).toBeUndefined();
      const { sopInstanceUid } = await storeTinyInstance(target);
      const dump = await run('dcmdump', [join(folder, `SC.${sopInstanceUid}`)]);
      expect(dump.output).toContain('[SELF^TEST]');
      expect(dump.output).not.toMatch(/^[EW]:/m);
    } finally {
      scp.kill();
      await once(scp, 'exit');
    }
  });
});

describeWithNmblookup('the name service codec of the demo and Samba', () => {
  it('has names that nmblookup shows', async (context) => {
    const ports = { web: 0, dicom: 0, query: 0, mwl: 0, check: 137 };
    const started = await startDemoCluster({ count: 1, ports }).catch((error: unknown) => error as Error);
    // nmblookup knows no other port.
    if (started instanceof Error) return context.skip(`needs port 137: ${started.message}`);
    try {
      const [{ host }] = started.servers as [DemoServer];
      const status = await run('nmblookup', ['-A', host]);
      expect(status.output).toMatch(/INF_PACS1\s+<00>/);
      const found = await run('nmblookup', ['-U', host, 'INFINITT#20']);
      expect(found.output).toContain(`${host} INFINITT<20>`);
      const missing = await run('nmblookup', ['-U', host, 'NOSUCH']);
      expect(missing.output).toContain('failed to find name NOSUCH');
    } finally {
      await started.stop();
    }
  });
});

/** Repeats an attempt until it succeeds, while a program starts. */
async function until<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
