import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeSeries, type DicomFile } from '../support/dicom-files.ts';
import { startOrthancs, type Orthanc } from '../support/orthanc.ts';
import { dcmtkEnv, requireTools, run } from '../support/real-software.ts';

const describeReal = requireTools(['Orthanc', 'storescu', 'dump2dcm'], 'orthanc and dcmtk');

describeReal('the Orthancs of these tests, without a balancer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-series-'));
  let orthancs: readonly Orthanc[] = [];
  let files: readonly DicomFile[] = [];

  beforeAll(async () => {
    orthancs = await startOrthancs(2, { worklist: ['ACC1', 'ACC2'] });
    files = await writeSeries(folder, { count: 5 });
  }, 60_000);

  afterAll(async () => {
    await Promise.all(orthancs.map((orthanc) => orthanc.stop()));
    rmSync(folder, { recursive: true });
  });

  it('store what they are sent, byte for byte, and share nothing', async () => {
    const [first, second] = orthancs as [Orthanc, Orthanc];
    const args = ['-aet', 'CT01', '-aec', 'PACS', '127.0.0.1', String(first.dicomPort)];
    const sent = await run('storescu', [...args, ...files.map((file) => file.path)], { env: dcmtkEnv });
    expect(sent).toMatchObject({ exitCode: 0 });
    expect(new Map(await first.instances())).toEqual(
      new Map(files.map((file) => [file.sopInstanceUid, file.sha256])),
    );
    expect(new Set(files.map((file) => file.sha256)).size).toBe(5);
    expect(await second.countInstances()).toBe(0);
  });

  it('answer worklist queries', async () => {
    const [first] = orthancs as [Orthanc];
    const found = await run('findscu', [
      ...['-W', '-aet', 'CT01', '-aec', 'PACS', '-k', '0008,0050', '-k', '0010,0010'],
      ...['-k', '(0040,0100)[0].Modality=CT', '127.0.0.1', String(first.dicomPort)],
    ]);
    expect(found.output.match(/ACC[12]/g)?.sort()).toEqual(['ACC1', 'ACC2']);
  });
});
