import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DecisionRecord } from '../../src/index.ts';
import { secondaryCapture, studyUid, writeSeries, type DicomFile } from '../support/dicom-files.ts';
import { DicomReceiver } from '../support/dicom-receiver.ts';
import { InfinittDeployment, vip } from '../support/infinitt-deployment.ts';
import { Orthanc } from '../support/orthanc.ts';
import { dcmtkEnv, requireTools, run, type RunResult } from '../support/real-software.ts';
import { SourceRelay } from '../support/source-relay.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const tools = ['Orthanc', 'storescu', 'storescp', 'echoscu', 'findscu', 'movescu', 'dump2dcm'];
const describeReal = requireTools(tools, 'orthanc and dcmtk');

describeReal('DICOM through the balancer to three Orthancs', () => {
  const folder = temporaryFolder();
  const decisions: DecisionRecord[] = [];
  const cleanups: (() => Promise<void>)[] = [];
  let deployment: InfinittDeployment;

  beforeAll(async () => {
    deployment = await InfinittDeployment.start(3);
    deployment.balancer.on('decisionMade', (record) => decisions.push(record));
  });

  afterAll(async () => {
    for (const cleanup of cleanups) await cleanup();
    await deployment.stop();
  });

  /** Where the decisions so far sent a client to. */
  function serversOf(address: string): readonly string[] {
    const own = decisions.filter((record) => record.client.startsWith(`${address}:`));
    return [...new Set(own.map((record) => record.server ?? 'none'))];
  }

  /** Makes a client of another address; @returns host and port to send to. */
  async function clientAt(address: string): Promise<readonly [host: string, port: string]> {
    const relay = await SourceRelay.start(address, vip, deployment.portOf('DICOM'));
    cleanups.push(() => relay.stop());
    return ['127.0.0.1', String(relay.port)];
  }

  it.each(['DICOM', 'QUERY', 'MWL'] as const)('%s answers C-ECHO', async (service) => {
    const echo = await dcmtk('echoscu', ['-v', vip, String(deployment.portOf(service))]);
    expect(echo.output).toContain('Received Echo Response (Success)');
  });

  it('stores 300 objects of a modality on one server, of another on another, byte for byte', async () => {
    if (process.getuid?.() === 0) expect(deployment.portOf('DICOM')).toBe(104);
    const series = await Promise.all(
      [1, 2].map((number) => writeSeries(folder, { count: 300, series: number })),
    );
    const [first, second] = series as [readonly DicomFile[], readonly DicomFile[]];
    const [toFirst, toSecond] = await Promise.all([clientAt('127.0.0.2'), clientAt('127.0.0.3')]);
    // Each in three associations, both modalities at the same time.
    const sent = await Promise.all([...inThree(first, toFirst), ...inThree(second, toSecond)]);
    expect(sent.map((result) => result.exitCode)).toEqual([0, 0, 0, 0, 0, 0]);
    const [firstServer, secondServer] = [serversOf('127.0.0.2'), serversOf('127.0.0.3')];
    expect(firstServer).toHaveLength(1);
    expect(secondServer).toHaveLength(1);
    expect(firstServer).not.toEqual(secondServer);
    await expectStored(deployment.orthanc(firstServer[0]), first);
    await expectStored(deployment.orthanc(secondServer[0]), second);
    const counts = await Promise.all(deployment.orthancs.map((orthanc) => orthanc.countInstances()));
    expect(counts.sort()).toEqual([0, 300, 300]);
  });

  it('answers queries on the QUERY port from the server that stored the study', async () => {
    const files = await writeSeries(folder, { count: 1, series: 3 });
    await store(files, [vip, String(deployment.portOf('DICOM'))]);
    const query = [
      '-S',
      '-k',
      'QueryRetrieveLevel=STUDY',
      '-k',
      `StudyInstanceUID=${studyUid(3)}`,
      '-k',
      'PatientID',
    ];
    const found = await dcmtk('findscu', [...query, vip, String(deployment.portOf('QUERY'))]);
    expect(found.output).toContain('PID3');
  });

  it('answers worklist queries on the MWL port', async () => {
    const query = ['-W', '-k', 'AccessionNumber', '-k', '(0040,0100)[0].Modality=CT'];
    const found = await dcmtk('findscu', [...query, vip, String(deployment.portOf('MWL'))]);
    expect(found.output.match(/ACC[12]/g)?.sort()).toEqual(['ACC1', 'ACC2']);
  });

  it('moves a study to a workstation, on the order of a client on the QUERY port', async () => {
    const workstation = await DicomReceiver.start('WS1');
    cleanups.push(() => workstation.stop());
    const { aet, port } = workstation;
    for (const orthanc of deployment.orthancs)
      await orthanc.addModality('WS1', { aet, host: '127.0.0.1', port });
    const files = await writeSeries(folder, { count: 10, series: 4 });
    await store(files, [vip, String(deployment.portOf('DICOM'))]);
    const order = [
      '-S',
      '-aem',
      'WS1',
      '-k',
      'QueryRetrieveLevel=STUDY',
      '-k',
      `StudyInstanceUID=${studyUid(4)}`,
    ];
    const moved = await dcmtk('movescu', ['-v', ...order, vip, String(deployment.portOf('QUERY'))]);
    expect(moved.output).toContain('Received Final Move Response (Success)');
    expect(workstation.received()).toEqual(files.map((file) => file.sha256).sort());
  });

  it('gets storage commitment from the server that stored the object', async () => {
    const modality = await Orthanc.start({ name: 'CT01', aet: 'CT01' });
    cleanups.push(() => modality.stop());
    await modality.addModality('pacs', { aet: 'PACS', host: vip, port: deployment.portOf('DICOM') });
    const ct01 = { aet: 'CT01', host: '127.0.0.1', port: modality.dicomPort };
    for (const orthanc of deployment.orthancs) await orthanc.addModality('CT01', ct01);
    const files = (await writeSeries(folder, { count: 2, series: 5 })) as [DicomFile, DicomFile];
    await modality.addInstance(readFileSync(files[0].path));
    await modality.request('POST', '/modalities/pacs/store', await modality.request('GET', '/instances'));

    expect(await commit(modality, files[0])).toBe('Success');
    // Never sent: the answer is really about what the server has.
    expect(await commit(modality, files[1])).toBe('Failure');
  });

  it('goes on at another server when one is killed in the middle of a transfer', async () => {
    const toService = await clientAt('127.0.0.4');
    const lost = await writeSeries(folder, { count: 300, series: 6 });
    const transfer = store(lost, toService);
    const victim = await firstStoring(studyUid(6));
    await victim.kill();
    expect((await transfer).exitCode).not.toBe(0);

    // What a modality does: it sends all again, in a new association.
    const again = await store(lost, toService);
    expect(again.exitCode).toBe(0);
    const now = deployment.orthanc(serversOf('127.0.0.4').find((name) => name !== victim.name));
    const stored = await now.instances();
    expect(lost.every((file) => stored.get(file.sopInstanceUid) === file.sha256)).toBe(true);
    expect(decisions.at(-1)).toMatchObject({ server: now.name });
  });

  /** Waits until one of the Orthancs has some objects of a study, but not all. */
  async function firstStoring(study: string): Promise<Orthanc> {
    const query = { Level: 'Instance', Query: { StudyInstanceUID: study } };
    for (;;) {
      for (const orthanc of deployment.orthancs) {
        const found = (await orthanc.request('POST', '/tools/find', query)) as readonly string[];
        if (found.length > 5) return orthanc;
      }
      await delay(5);
    }
  }
});

function dcmtk(tool: string, args: readonly string[]): Promise<RunResult> {
  return run(tool, ['-aet', 'CT02', '-aec', 'PACS', ...args], { env: dcmtkEnv, timeoutMs: 30_000 });
}

function store(
  files: readonly DicomFile[],
  service: readonly [host: string, port: string],
): Promise<RunResult> {
  return dcmtk('storescu', [...service, ...files.map((file) => file.path)]);
}

function inThree(
  files: readonly DicomFile[],
  service: readonly [host: string, port: string],
): readonly Promise<RunResult>[] {
  return [0, 1, 2].map((part) =>
    store(
      files.filter((_, index) => index % 3 === part),
      service,
    ),
  );
}

async function expectStored(orthanc: Orthanc, files: readonly DicomFile[]): Promise<void> {
  const stored = await orthanc.instances();
  expect(new Map(stored)).toEqual(new Map(files.map((file) => [file.sopInstanceUid, file.sha256])));
}

/** Asks for commitment of one object and waits for the report, which comes in an association of its own. */
async function commit(modality: Orthanc, file: DicomFile): Promise<unknown> {
  const { ID } = (await modality.request('POST', '/modalities/pacs/storage-commitment', {
    DicomInstances: [{ SOPClassUID: secondaryCapture, SOPInstanceUID: file.sopInstanceUid }],
  })) as { ID: string };
  for (;;) {
    const { Status } = (await modality.request('GET', `/storage-commitment/${ID}`)) as { Status: string };
    if (Status !== 'Pending') return Status;
    await delay(20);
  }
}
