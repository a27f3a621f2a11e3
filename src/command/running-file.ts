import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { Balancer } from '../balancer/balancer.ts';
import { ControlServer } from '../control/control-server.ts';
import type { BalancerConfig } from '../config/balancer-config.ts';
import type { Runtime, Timer } from '../runtime/runtime.ts';
import { systemRuntime } from '../runtime/system-runtime.ts';
import { readConfigFile } from '../file/read-config-file.ts';
import { Companions, type CompanionFlags } from './companions.ts';
import type { CommandContext } from './context.ts';
import { stopTelling, whyNot } from './running.ts';
import { notifySystemd } from './systemd-notify.ts';

/** Editors write a file in several steps. */
const settleMs = 200;

/** How a file is run. */
export interface RunFlags extends CompanionFlags {
  /** Whether the file is read again when it changes. */
  readonly watch: boolean;
  /** How long sessions under way may go on at a stop, milliseconds. */
  readonly grace: number;
}

/** A balancer that runs a configuration file: it is told by signals, by its control socket and by the file. */
export class RunningFile {
  readonly #file: string;
  readonly #context: CommandContext;
  readonly #runtime: Runtime;
  readonly #balancer: Balancer;
  readonly #control: ControlServer;
  readonly #companions: Companions;
  readonly #graceMs: number;
  #watcher: FSWatcher | undefined = undefined;
  /** Reloads run one after the other. */
  #reloading: Promise<void> = Promise.resolve();

  private constructor(
    file: string,
    context: CommandContext,
    runtime: Runtime,
    balancer: Balancer,
    control: ControlServer,
    companions: Companions,
    graceMs: number,
  ) {
    this.#file = file;
    this.#context = context;
    this.#runtime = runtime;
    this.#balancer = balancer;
    this.#control = control;
    this.#companions = companions;
    this.#graceMs = graceMs;
  }

  /**
   * @throws OptionsError with every problem of the file
   * @throws SluiceError where a port cannot be bound, or another balancer has the control socket; nothing is left then
   */
  static async start(file: string, context: CommandContext, flags: RunFlags): Promise<RunningFile> {
    const path = resolve(file);
    const { value } = await readConfigFile(path, { environment: context.io.env });
    const log: Runtime['log'] = (level, message) => context.tell(`${level}: ${message}`);
    const runtime = { ...systemRuntime, log };
    const balancer = new Balancer(value, { runtime });
    const companions = new Companions(balancer, flags);
    const control = await ControlServer.open(balancer, { path: context.controlPath, file: path, runtime });
    const running = new RunningFile(path, context, runtime, balancer, control, companions, flags.grace);
    try {
      await companions.restore();
      await balancer.start();
      running.#greet();
      await companions.start((line) => context.tell(line));
    } catch (error) {
      await balancer.stop({ graceMs: 0 });
      await companions.stop();
      await control.close();
      throw error;
    }
    if (flags.watch) running.#watch();
    context.tell(`Orders: sluice --control ${control.path} overview`);
    notifySystemd('READY=1', context.io.env);
    return running;
  }

  /** Reads the file again whenever it changes. Its folder is watched: editors replace a file by a new one. */
  #watch(): void {
    let due: Timer | undefined = undefined;
    this.#watcher = watch(dirname(this.#file), (_event, name) => {
      if (name !== basename(this.#file)) return;
      due?.cancel();
      due = this.#runtime.clock.schedule(settleMs, () => this.#reload('The file has changed'));
    });
  }

  /** Serves until a signal says otherwise; sessions under way have the grace time then. */
  async untilStopped(): Promise<void> {
    const { env } = this.#context.io;
    const reload = (): void => this.#reload('SIGHUP');
    const reopen = (): void => this.#companions.reopen();
    process.on('SIGHUP', reload).on('SIGUSR2', reopen);
    const signal = await nextStop();
    process.off('SIGHUP', reload).off('SIGUSR2', reopen);
    this.#watcher?.close();
    notifySystemd('STOPPING=1', env);
    this.#context.tell(`${signal}: takes nothing new; a second ${signal} cuts what is left`);
    const atOnce = new AbortController();
    void nextStop().then(() => atOnce.abort());
    const tell = (line: string): void => this.#context.tell(line);
    await stopTelling(this.#balancer, this.#graceMs, this.#runtime.clock, atOnce.signal, tell);
    await this.#companions.stop();
    await this.#control.close();
    this.#context.tell('Stopped.');
  }

  #reload(why: string): void {
    this.#reloading = this.#reloading.then(() => this.#applyFile(why));
  }

  async #applyFile(why: string): Promise<void> {
    const { io } = this.#context;
    try {
      const { value } = await readConfigFile(this.#file, { environment: io.env });
      const changes = this.#balancer.plan(value);
      this.#context.tell(changes.length === 0 ? `${why}: nothing differs` : `${why}: applies`);
      for (const { text } of changes) this.#context.tell(`  ${text}`);
      if (changes.length > 0) await this.#apply(value);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Resolves once it serves: sessions of what it replaces may take their time, and the next reload does not wait for them. */
  #apply(configuration: BalancerConfig): Promise<void> {
    return new Promise((resolve, reject) => {
      const applied = this.#balancer.apply(configuration, { onServing: resolve });
      applied.then(resolve, reject);
    });
  }

  #refuse(error: unknown): void {
    this.#context.tell(`The file is not applied, and the services go on as before:\n${whyNot(error)}`);
  }

  #greet(): void {
    const { name, reason } = this.#balancer.engine;
    this.#context.tell(`Sluice runs ${this.#file}, engine ${name} (${reason})`);
    for (const { name: service, listeners } of this.#balancer.overview().services) {
      for (const { protocol, host, port } of listeners) {
        this.#context.tell(`  ${service.padEnd(15)} ${protocol.padEnd(5)} ${host}:${port}`);
      }
    }
  }
}

/** The signal that ends it. */
function nextStop(): Promise<'SIGINT' | 'SIGTERM'> {
  return new Promise((resolve) => {
    const stop = (signal: 'SIGINT' | 'SIGTERM'): void => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve(signal);
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  });
}
