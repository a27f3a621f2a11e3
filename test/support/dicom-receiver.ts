import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { Daemon, freePorts } from './daemon.ts';
import { dataSetOf } from './dicom-files.ts';
import { dcmtkEnv } from './real-software.ts';

/** A workstation that receives objects: DCMTK's storescp. */
export class DicomReceiver {
  readonly aet: string;
  readonly port: number;
  readonly #folder: string;
  readonly #daemon: Daemon;

  private constructor(aet: string, port: number, folder: string, daemon: Daemon) {
    this.aet = aet;
    this.port = port;
    this.#folder = folder;
    this.#daemon = daemon;
  }

  /** @param options of storescp, beside its own */
  static async start(aet: string, ...options: readonly string[]): Promise<DicomReceiver> {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-storescp-'));
    const [port = 0] = await freePorts(1);
    const daemon = await Daemon.start({
      command: 'storescp',
      args: ['--fork', ...options, '-aet', aet, '-od', folder, String(port)],
      logFile: join(folder, 'log'),
      env: dcmtkEnv,
      isReady: () => accepts(port),
    });
    return new DicomReceiver(aet, port, folder, daemon);
  }

  /** The SHA-256 of the data set of each object received, sorted. */
  received(): readonly string[] {
    return readdirSync(this.#folder)
      .filter((name) => name !== 'log')
      .map((name) => dataSetOf(readFileSync(join(this.#folder, name))))
      .map((dataSet) => createHash('sha256').update(dataSet).digest('hex'))
      .sort();
  }

  async stop(): Promise<void> {
    await this.#daemon.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => {
      resolve(false);
    });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
