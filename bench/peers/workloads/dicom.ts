import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingDebian } from '../installed.ts';
import { startDaemon } from '../launch/daemon.ts';
import type { RunningSubject } from '../subject.ts';
import type { Workload } from './workload.ts';

const images = 40;

/**
 * A sample has as many associations as this takes, at least one. Where nothing waits, one association takes some 80 ms,
 * most of it the start of `storescu`, and differs by half.
 */
const leastMs = 1_000;

/** DCMTK as Debian ships it: with Nagle's algorithm on, so that it waits for delayed acknowledgements. */
const stockEnvironment = { ...process.env };
delete stockEnvironment['TCP_NODELAY'];

/** A secondary capture image of 9 kB, in the notation of `dump2dcm`. */
const imageDump = `
(0008,0016) UI =SecondaryCaptureImageStorage
(0008,0018) UI [1.2.826.0.1.3680043.8.498.137.1]
(0008,0060) CS [OT]
(0010,0010) PN [BENCH^ONE]
(0010,0020) LO [B1]
(0020,000d) UI [1.2.826.0.1.3680043.8.498.137.2]
(0020,000e) UI [1.2.826.0.1.3680043.8.498.137.3]
(0028,0002) US 1
(0028,0004) CS [MONOCHROME2]
(0028,0010) US 92
(0028,0011) US 96
(0028,0100) US 8
(0028,0101) US 8
(0028,0102) US 7
(0028,0103) US 0
(7fe0,0010) OB ${Array.from({ length: 92 * 96 }, () => '80').join('\\')}
`;

/** One association that stores an image forty times, as a modality sends a series. */
export const dicomWorkload: Workload = {
  id: 'dicom',
  title: `DICOM, ${images} C-STOREs of 9 kB, stock DCMTK: time until all are stored`,
  costUnit: `ms for ${images}`,
  subjects: ['direct', 'sluice-linux', 'sluice-portable', 'haproxy', 'nginx', 'net-pipe'],
  samples: { quick: 15, full: 15 },
  missing: () => missingDebian('dcmtk'),
  async sample({ site, start }) {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-dicom-'));
    const archive = await startArchive();
    try {
      const image = await makeImage(folder);
      const servers = site.serversOn(archive.address.port);
      const { address } = await start({ carried: 'tcp', servers });
      const storescu = ['--repeat', String(images), address.host, String(address.port), image];
      const startMs = performance.now();
      let associations = 0;
      do {
        await run('/usr/bin/storescu', storescu);
        associations++;
      } while (performance.now() - startMs < leastMs);
      return { cost: (performance.now() - startMs) / associations };
    } finally {
      await archive.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Takes every image and keeps none. */
function startArchive(): Promise<RunningSubject> {
  return startDaemon({
    command: '/usr/bin/storescp',
    args: (_configFile, _folder, port) => ['--ignore', String(port)],
    env: stockEnvironment,
  });
}

async function makeImage(folder: string): Promise<string> {
  const dump = join(folder, 'image.dump');
  const image = join(folder, 'image.dcm');
  writeFileSync(dump, imageDump);
  await run('/usr/bin/dump2dcm', ['+te', '+l', '100000', dump, image]);
  return image;
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { env: stockEnvironment, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${command} ended with ${code ?? 'a signal'}`);
}
