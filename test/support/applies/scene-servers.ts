import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { DicomReceiver } from '../dicom-receiver.ts';
import type { ServerPorts } from './scene-services.ts';

/** Every real server of a scene: web and echo servers in a process of their own, and two archives. */
export class SceneServers {
  readonly ports: ServerPorts;
  readonly slowArchive: DicomReceiver;
  readonly #archive: DicomReceiver;
  readonly #program: ChildProcess;

  private constructor(
    program: ChildProcess,
    ports: Pick<ServerPorts, 'web' | 'echo'>,
    archive: DicomReceiver,
    slowArchive: DicomReceiver,
  ) {
    this.#program = program;
    this.#archive = archive;
    this.slowArchive = slowArchive;
    this.ports = { ...ports, archive: archive.port, slowArchive: slowArchive.port };
  }

  static async start(): Promise<SceneServers> {
    const archive = await DicomReceiver.start('ARCHIVE');
    const slowArchive = await DicomReceiver.start('SLOW', '--sleep-during', '1');
    const program = fork(new URL('./servers-program.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
    const [ports] = (await once(program, 'message')) as [Pick<ServerPorts, 'web' | 'echo'>];
    return new SceneServers(program, ports, archive, slowArchive);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#program.kill('SIGKILL');
    await Promise.all([this.#archive.stop(), this.slowArchive.stop()]);
  }
}
