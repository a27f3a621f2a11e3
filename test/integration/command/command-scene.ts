import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { OtherSide } from '../../contract/engine/other-side.ts';
import { commandLine } from '../../support/command-line.ts';
import { ProgramProcess } from '../../support/program-process.ts';
import { TinyServer } from '../../support/tiny-server.ts';

/** A balancer that runs. */
export interface RunningBalancer {
  readonly run: ProgramProcess;
  /** Of the service DICOM. */
  readonly port: number;
}

/** The servers s1 and s2 behind the service DICOM, a configuration file for it, and the command to run and to order it. */
export class CommandScene {
  readonly file: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'sluice-command-'));
  readonly #servers: readonly TinyServer[];
  readonly #started: ProgramProcess[] = [];
  readonly #clients: OtherSide[] = [];

  private constructor(servers: readonly TinyServer[]) {
    this.#servers = servers;
    this.file = this.path('pacs.yaml');
  }

  static async open(): Promise<CommandScene> {
    return new CommandScene(await Promise.all([TinyServer.start('s1'), TinyServer.start('s2')]));
  }

  close(): void {
    for (const { socket } of this.#clients) socket.destroy();
    for (const process of this.#started) process.kill();
    for (const server of this.#servers) server.kill();
    rmSync(this.#folder, { recursive: true });
  }

  /** A file of the scene. */
  path(name: string): string {
    return join(this.#folder, name);
  }

  /** What the configuration file says. */
  get text(): string {
    return readFileSync(this.file, 'utf8');
  }

  /** Begins a command in a process of its own. */
  begin(...args: readonly string[]): ProgramProcess {
    const env = { SLUICE_CONTROL: this.path('control.sock'), NO_COLOR: '1' };
    const program = new ProgramProcess('src/command/main.ts', args, env);
    this.#started.push(program);
    return program;
  }

  /** Runs a command to its end, in this process. @returns what it printed; throws where its exit code is another */
  async say(code: number, ...args: readonly string[]): Promise<string> {
    const { code: ended, said } = await commandLine(args, { SLUICE_CONTROL: this.path('control.sock') });
    expect(`${ended}\n${said}`).toMatch(new RegExp(`^${code}\n`, 'u'));
    return said;
  }

  /** Writes the configuration file: DICOM over both servers, the first one first. @param change of it, lines of the service */
  write(change = ''): string {
    const server = ({ options: { name, host, port } }: TinyServer): string =>
      `      - { name: ${name}, host: ${host}, port: ${String(port)} } # ${name} of two\n`;
    writeFileSync(
      this.file,
      `# The archive.\nservices:\n  - name: DICOM\n    mode: tcp\n    host: 127.0.0.1\n    port: 0\n` +
        `    balance: { kind: firstAvailable }\n${change}    servers:\n${this.#servers.map(server).join('')}`,
    );
    return this.file;
  }

  /** Runs the configuration file. @param args of the command; one that begins with a space is a change of the file */
  async running(...args: readonly string[]): Promise<RunningBalancer> {
    const isChange = (arg: string): boolean => arg.startsWith(' ');
    const file = this.write(args.filter(isChange).join(''));
    const run = this.begin('run', file, ...args.filter((arg) => !isChange(arg)));
    const [, port] = await run.printed(/DICOM +tcp +127\.0\.0\.1:(\d+)/u);
    await run.printed(/Orders: /u);
    return { run, port: Number(port) };
  }

  /** A client of a service, and the name of its server in what it has received. */
  async session(port: number): Promise<OtherSide> {
    const client = new OtherSide(connect({ port, host: '127.0.0.1', allowHalfOpen: true }));
    this.#clients.push(client);
    await client.untilBytes(2);
    return client;
  }
}
