import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Daemon, type DaemonOptions } from './daemon.ts';
import { requireRoot, run, type DescribeReal, type RunOptions, type RunResult } from './real-software.ts';
import { RunningCommand, type CommandPlace } from './running-command.ts';

/**
 * A network of its own, with machines that reach each other and nothing else: every address and every port is free.
 * Each machine is a network namespace, and all of them are gone with this process. Needs root, and the Debian packages
 * iproute2 and util-linux.
 */
export class OwnNetwork {
  readonly #switch: Machine;
  readonly #machines: Machine[] = [];

  private constructor(ownSwitch: Machine) {
    this.#switch = ownSwitch;
  }

  static async start(): Promise<OwnNetwork> {
    const ownSwitch = await Machine.start('');
    await ownSwitch.configure('ip link add lan type bridge', 'ip link set lan up');
    return new OwnNetwork(ownSwitch);
  }

  /** @param addresses of IPv4; all of its network begin with the same three numbers */
  async addMachine(...addresses: readonly [string, ...string[]]): Promise<Machine> {
    const machine = await Machine.start(addresses[0]);
    this.#machines.push(machine);
    const port = `port${this.#machines.length}`;
    await this.#switch.configure(
      `ip link add ${port} type veth peer name eth0 netns ${machine.pid}`,
      `ip link set ${port} master lan up`,
    );
    await machine.configure(
      'ip link set lo up',
      ...addresses.map((address) => `ip address add ${address}/24 dev eth0`),
      'ip link set eth0 up',
    );
    return machine;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#machines, this.#switch].map((machine) => machine.stop()));
  }
}

/** A machine of an {@link OwnNetwork}. It has the files of this machine. */
export class Machine {
  /** The first one. */
  readonly address: string;
  /** The process that keeps it there. It ends with its input, and so with this process. */
  readonly #holder: ChildProcess;

  private constructor(address: string, holder: ChildProcess) {
    this.address = address;
    this.#holder = holder;
  }

  /** For {@link OwnNetwork}. */
  static async start(address: string): Promise<Machine> {
    const holder = spawn('unshare', ['--net', 'cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
    // What comes back has gone through the namespace.
    holder.stdin.write('\n');
    await once(holder.stdout, 'data');
    return new Machine(address, holder);
  }

  get pid(): number {
    return this.#holder.pid ?? 0;
  }

  /** Runs a command there to its end. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<RunResult> {
    return run('nsenter', this.#inside(command, args), options);
  }

  /** Begins a command there. */
  begin(command: string, args: readonly string[], place?: CommandPlace): RunningCommand {
    return new RunningCommand('nsenter', this.#inside(command, args), place);
  }

  startDaemon({ command, args, ...options }: DaemonOptions): Promise<Daemon> {
    return Daemon.start({ ...options, command: 'nsenter', args: this.#inside(command, args) });
  }

  /** Does a program listen on a TCP port there? */
  listensOn(port: number): boolean {
    const ending = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
    const sockets = readFileSync(`/proc/${this.pid}/net/tcp`, 'utf8').trim().split('\n').slice(1);
    return sockets.some((line) => {
      const [, local = '', , state] = line.trim().split(/\s+/u);
      return local.endsWith(ending) && state === '0A';
    });
  }

  /** Commands that succeed. */
  async configure(...commands: readonly string[]): Promise<void> {
    const { exitCode, output } = await this.run('sh', ['-ec', commands.join('\n')]);
    if (exitCode !== 0) throw new Error(`${commands.join('; ')}: ${output}`);
  }

  async stop(): Promise<void> {
    const ended = once(this.#holder, 'exit');
    this.#holder.stdin?.end();
    await ended;
  }

  /** `nsenter` becomes the command: signals reach it. */
  #inside(command: string, args: readonly string[]): readonly string[] {
    return [`--net=/proc/${this.pid}/ns/net`, command, ...args];
  }
}

/** The `describe` of tests that need an {@link OwnNetwork} and further tools. */
export function requireOwnNetwork(tools: readonly string[], debianPackages: string): DescribeReal {
  return requireRoot(['ip', 'unshare', 'nsenter', ...tools], `iproute2, util-linux, ${debianPackages}`);
}
