import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Daemon } from './daemon.ts';
import { dataSetOf } from './dicom-files.ts';
import { nmbdConfig } from './nmbd.ts';
import type { Machine } from './own-network.ts';
import { dcmtkEnv } from './real-software.ts';

/** DICOM images, queries and worklist, as an INFINITT server has them. */
const dicomPorts = [104, 105, 204] as const;

/**
 * A PACS server on a machine of its own, with the ports of the deployment guide: nginx as its portal, DCMTK's storescp for
 * all that is DICOM, and Samba's nmbd. Needs the Debian packages nginx, dcmtk and samba.
 */
export class PacsServer {
  readonly name: string;
  readonly #machine: Machine;
  readonly #folder: string;
  #daemons: readonly Daemon[] = [];

  private constructor(machine: Machine, name: string, folder: string) {
    this.#machine = machine;
    this.name = name;
    this.#folder = folder;
  }

  /** Resolves once it answers on every port. The portal's only page is the server's name. */
  static async start(machine: Machine, name: string): Promise<PacsServer> {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-pacs-'));
    mkdirSync(join(folder, 'store'));
    writeFileSync(join(folder, 'nginx.conf'), nginxConfig(folder, name));
    writeFileSync(
      join(folder, 'smb.conf'),
      nmbdConfig(folder, { netbiosName: name }, `${machine.address}/24`),
    );
    const server = new PacsServer(machine, name, folder);
    try {
      await server.boot();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Starts all that runs on it; what it stored is still there. */
  async boot(): Promise<void> {
    const starts = await Promise.allSettled([
      this.#nginx(),
      this.#nmbd(),
      ...dicomPorts.map((port) => this.#storescp(port)),
    ]);
    this.#daemons = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** All that runs on it is gone at once. */
  async shutDown(): Promise<void> {
    await Promise.all(this.#daemons.map((daemon) => daemon.kill()));
    this.#daemons = [];
  }

  /** How many objects it stores, whole or not. */
  get storedCount(): number {
    return readdirSync(join(this.#folder, 'store')).length;
  }

  /** The SHA-256 of the data set of each object that it stores, sorted. */
  stored(): readonly string[] {
    const folder = join(this.#folder, 'store');
    return readdirSync(folder)
      .map((name) => dataSetOf(readFileSync(join(folder, name))))
      .map((dataSet) => createHash('sha256').update(dataSet).digest('hex'))
      .sort();
  }

  /** How many C-ECHO requests a DICOM port has had. */
  echoes(port: number): number {
    return readFileSync(this.#logOf(`storescp-${port}`), 'utf8').split('Received Echo Request').length - 1;
  }

  async stop(): Promise<void> {
    await this.shutDown();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #nginx(): Promise<Daemon> {
    return this.#machine.startDaemon({
      command: 'nginx',
      args: ['-c', join(this.#folder, 'nginx.conf')],
      logFile: this.#logOf('nginx'),
      isReady: () => Promise.resolve(this.#machine.listensOn(80)),
    });
  }

  #storescp(port: number): Promise<Daemon> {
    return this.#machine.startDaemon({
      command: 'storescp',
      args: ['--fork', '-v', '-od', join(this.#folder, 'store'), String(port)],
      logFile: this.#logOf(`storescp-${port}`),
      env: dcmtkEnv,
      isReady: () => Promise.resolve(this.#machine.listensOn(port)),
    });
  }

  #nmbd(): Promise<Daemon> {
    const folder = this.#folder;
    return this.#machine.startDaemon({
      command: 'nmbd',
      args: ['-F', '--no-process-group', '-s', join(folder, 'smb.conf'), '-l', folder, '-d', '1'],
      logFile: this.#logOf('nmbd'),
      isReady: async () => {
        const { output } = await this.#machine.run('nmblookup', ['-A', this.#machine.address]);
        return output.includes(`${this.name} `);
      },
    });
  }

  #logOf(program: string): string {
    return join(this.#folder, `${program}.log`);
  }
}

/** One process, which leaves nobody behind. */
function nginxConfig(folder: string, name: string): string {
  return `
    daemon off;
    master_process off;
    pid ${folder}/nginx.pid;
    error_log ${folder}/nginx.log;
    events { }
    http {
      access_log off;
      server {
        listen 80;
        location / { return 200 "${name}"; }
      }
    }
  `;
}
