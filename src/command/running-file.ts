import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { Admin } from '../admin/admin.ts';
import { Balancer } from '../balancer/balancer.ts';
import { optionChanges, showChange, type OptionChange } from '../config/option-changes.ts';
import { ControlServer } from '../control/control-server.ts';
import type { BalancerConfig } from '../config/balancer-config.ts';
import type { ConfigFile } from '../file/config-file.ts';
import { plainRunOptions, type ResolvedRunOptions } from '../file/run-options.ts';
import type { Runtime, Timer } from '../runtime/runtime.ts';
import { systemRuntime } from '../runtime/system-runtime.ts';
import { logEvents, type EventLogger } from '../records/event-log.ts';
import { Companions } from './companions.ts';
import type { CommandContext } from './context.ts';
import { FollowedFile } from './followed-file.ts';
import { withFlags, type OptionsInForce, type RunFlags } from './run-flags.ts';
import { stopTelling, whyNot } from './running.ts';
import { notifySystemd } from './systemd-notify.ts';

/** Editors write a file in several steps. */
const settleMs = 200;

/** A balancer that runs a configuration file: it is told by signals, by its control socket and by the file. */
export class RunningFile {
  readonly #file: FollowedFile;
  readonly #context: CommandContext;
  readonly #flags: RunFlags;
  readonly #runtime: Runtime;
  readonly #balancer: Balancer;
  readonly #companions: Companions;
  /** Undefined before the start, and where the file wants none. */
  #control: ControlServer | undefined = undefined;
  #admin: Admin | undefined = undefined;
  #watcher: FSWatcher | undefined = undefined;
  #stopping = new Promise<StopSignal>(() => undefined);
  /** Reloads run one after the other. */
  #reloading: Promise<void> = Promise.resolve();

  private constructor(
    file: FollowedFile,
    { value, run }: ConfigFile,
    context: CommandContext,
    flags: RunFlags,
  ) {
    this.#file = file;
    this.#context = context;
    this.#flags = flags;
    const log: Runtime['log'] = (level, message) => this.#tell(`${level}: ${message}`);
    this.#runtime = { ...systemRuntime, log };
    this.#balancer = new Balancer(value, { runtime: this.#runtime });
    this.#companions = new Companions(this.#balancer, this.#optionsOf(run), (line) => this.#tell(line));
  }

  /**
   * @throws OptionsError with every problem of the file
   * @throws SluiceError where a port cannot be bound, or another balancer has the control socket; nothing is left then
   */
  static async start(file: string, context: CommandContext, flags: RunFlags): Promise<RunningFile> {
    const followed = new FollowedFile(resolve(file), context.io.env);
    const running = new RunningFile(followed, await followed.read(), context, flags);
    try {
      await running.#start();
    } catch (error) {
      await running.#end(0);
      throw error;
    }
    return running;
  }

  async #start(): Promise<void> {
    await this.#openOrders();
    await this.#companions.restore();
    await this.#balancer.start();
    this.#greet();
    logEvents(this.#balancer, loggerOf(this.#runtime.log));
    await this.#companions.start();
    if (this.#flags.watch) this.#watch();
    this.#hearSignals();
    this.#tellOrders();
    notifySystemd('READY=1', this.#context.io.env);
  }

  /** What takes orders, as far as the file wants it. */
  async #openOrders(): Promise<void> {
    const { control, admin } = this.#companions.options;
    const runtime = this.#runtime;
    const subject = {
      file: this.#file.path,
      readFile: () => this.#file.now(),
      recentRecords: this.#flags.recent,
      about: (): object => {
        const { options, metricsUrl } = this.#companions;
        return { run: plainRunOptions(options), metricsUrl };
      },
    };
    if (control !== false)
      this.#control = await ControlServer.open(this.#balancer, { path: control.path, ...subject, runtime });
    if (admin === false) return;
    const shared = this.#control === undefined ? subject : { control: this.#control };
    this.#admin = await Admin.open(this.#balancer, { ...admin, ...shared, runtime });
    const { firstPassword } = this.#admin;
    // At once: the services may not start, and nobody is told again.
    if (firstPassword !== undefined)
      this.#tell(`First log-in, told this once: user admin, password ${firstPassword}`);
  }

  #tellOrders(): void {
    const { control, admin } = this.#companions.options;
    if (control === false && admin === false) this.#tell('Orders: none, as the file says');
    if (control !== false) this.#tell(`Orders: sluice --control ${control.path} overview`);
    if (this.#admin?.url !== undefined) this.#tell(`Administration: ${this.#admin.url}`);
  }

  /** Reads the file again whenever it changes. Its folder is watched: editors replace a file by a new one. */
  #watch(): void {
    let due: Timer | undefined = undefined;
    const { path } = this.#file;
    this.#watcher = watch(dirname(path), (_event, name) => {
      if (name !== basename(path)) return;
      due?.cancel();
      due = this.#runtime.clock.schedule(settleMs, () => this.#reload('The file has changed'));
    });
  }

  /** From before anybody is told that it runs: a signal that nobody hears ends the process. */
  #hearSignals(): void {
    const reload = (): void => this.#reload('SIGHUP');
    const reopen = (): void => void this.#companions.reopen();
    process.on('SIGHUP', reload).on('SIGUSR2', reopen);
    this.#stopping = nextStop().finally(() => process.off('SIGHUP', reload).off('SIGUSR2', reopen));
  }

  /** Serves until a signal says otherwise; sessions under way have the grace time then. */
  async untilStopped(): Promise<void> {
    const signal = await this.#stopping;
    this.#watcher?.close();
    notifySystemd('STOPPING=1', this.#context.io.env);
    this.#tell(`${signal}: takes nothing new; a second ${signal} cuts what is left`);
    const atOnce = new AbortController();
    void nextStop().then(() => atOnce.abort());
    const tell = (line: string): void => this.#tell(line);
    await stopTelling(this.#balancer, this.#flags.grace, this.#runtime.clock, atOnce.signal, tell);
    await this.#end(this.#flags.grace);
    this.#tell('Stopped.');
  }

  /** What was begun, ends. */
  async #end(graceMs: number): Promise<void> {
    await this.#reloading;
    await this.#balancer.stop({ graceMs });
    await this.#companions.stop();
    await this.#admin?.close();
    await this.#control?.close();
  }

  #reload(why: string): void {
    this.#reloading = this.#reloading.then(() => this.#applyFile(why));
  }

  async #applyFile(why: string): Promise<void> {
    try {
      const { value, run } = await this.#file.read();
      const changes = this.#balancer.plan(value).map(({ text }) => text);
      const next = this.#optionsOf(run);
      const beside = optionChanges(this.#companions.options, next).map(showRunChange);
      const isSame = changes.length + beside.length === 0;
      this.#tell(isSame ? `${why}: nothing differs` : `${why}: applies`);
      for (const text of [...changes, ...beside]) this.#tell(`  ${text}`);
      if (changes.length > 0) await this.#apply(value, next.reloadGraceMs);
      await this.#companions.change(next);
      if (!isSame) this.#tell('Applied.');
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Resolves once it serves: sessions of what it replaces may take their time, and the next reload does not wait for them. */
  #apply(configuration: BalancerConfig, graceMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const applied = this.#balancer.apply(configuration, { graceMs, onServing: resolve, by: 'reload' });
      applied.then(resolve, reject);
    });
  }

  #refuse(error: unknown): void {
    this.#tell(`The file is not applied, and the services go on as before:\n${whyNot(error)}`);
  }

  #optionsOf(run: ResolvedRunOptions): OptionsInForce {
    return withFlags(run, this.#flags, this.#context.controlPath(run.control));
  }

  #tell(line: string): void {
    this.#context.tell(line);
  }

  #greet(): void {
    const { name, reason } = this.#balancer.engine;
    this.#tell(`Sluice runs ${this.#file.path}, engine ${name} (${reason})`);
    for (const { name: service, listeners } of this.#balancer.overview().services) {
      for (const { protocol, host, port } of listeners) {
        this.#tell(`  ${service.padEnd(15)} ${protocol.padEnd(5)} ${host}:${port}`);
      }
    }
  }
}

function showRunChange(change: OptionChange): string {
  return /^(?:admin|control)(?:\.|$)/u.test(change.option)
    ? `${showChange(change)}: not before the next start`
    : showChange(change);
}

type StopSignal = 'SIGINT' | 'SIGTERM';

/** Tells people of changes of state, and of who ordered them. */
function loggerOf(log: Runtime['log']): EventLogger {
  const at =
    (level: 'info' | 'warn' | 'error') =>
    (_details: object, message: string): void =>
      log(level, message);
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

/** The signal that ends it. */
function nextStop(): Promise<StopSignal> {
  return new Promise((resolve) => {
    const stop = (signal: StopSignal): void => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve(signal);
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  });
}
