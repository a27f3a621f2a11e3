import { open } from 'node:fs/promises';
import type { Balancer } from '../balancer/balancer.ts';
import { isSamePlain } from '../base/plain-data.ts';
import type { AccessLog } from '../records/access-log.ts';
import { logFileMode } from '../records/line-sink.ts';
import { SnapshotFile } from '../snapshot/snapshot-file.ts';
import { serveMetrics, type MetricsServer } from './metrics-server.ts';
import type { OptionsInForce } from './run-flags.ts';
import { whyNot, type Tell } from './running.ts';

/** The snapshot file, the access log and the metrics of a balancer, as far as somebody wants them. */
export class Companions {
  readonly #balancer: Balancer;
  readonly #tell: Tell;
  #options: OptionsInForce;
  #snapshotFile: SnapshotFile | undefined;
  #accessLog: AccessLog | undefined;
  #metrics: MetricsServer | undefined = undefined;
  /** Before that, the snapshot file may be another process's. */
  #isStarted = false;

  constructor(balancer: Balancer, options: OptionsInForce, tell: Tell) {
    this.#balancer = balancer;
    this.#tell = tell;
    this.#options = options;
    this.#snapshotFile = this.#makeSnapshotFile(options);
    this.#accessLog = this.#makeAccessLog(options);
  }

  /** Those that are in force. */
  get options(): OptionsInForce {
    return this.#options;
  }

  /** Where metrics are served, with the port in use; undefined where they are not. */
  get metricsUrl(): string | undefined {
    return this.#metrics?.url;
  }

  /** Before the balancer starts, so that the first client finds its server. */
  async restore(): Promise<void> {
    await this.#snapshotFile?.restore();
  }

  /**
   * The balancer has started. An access log that cannot be written is told, and stops nobody.
   *
   * @throws SluiceError `SLUICE_ERR_LISTEN` where metrics cannot be served
   */
  async start(): Promise<void> {
    await this.#serveMetrics(this.#options);
    await tryToWrite(this.#options).catch((error: unknown) =>
      this.#tell(`warn: records are dropped while the access log cannot be written: ${whyNot(error)}`),
    );
    this.#snapshotFile?.start();
    this.#isStarted = true;
  }

  /** Goes on with other options; the control socket is somebody else's. What cannot be had stays as it was, which is told. */
  async change(next: OptionsInForce): Promise<void> {
    await this.#try('snapshotFile', next, () => this.#changeSnapshotFile(next));
    await this.#try('accessLog', next, () => this.#changeAccessLog(next));
    await this.#try('metrics', next, () => this.#changeMetrics(next));
    this.#options = { ...this.#options, reloadGraceMs: next.reloadGraceMs };
  }

  /** The access log was moved away: goes on in a new file. */
  async reopen(): Promise<void> {
    await this.#accessLog
      ?.reopen()
      .catch((error: unknown) => this.#tell(`The access log stays in its old file: ${whyNot(error)}`));
  }

  /** The balancer has stopped: writes what is left. After a start that failed, the snapshot file stays as it is. */
  async stop(): Promise<void> {
    this.#metrics?.close();
    if (this.#isStarted) await this.#snapshotFile?.stop();
    await this.#accessLog?.close();
  }

  async #try(key: keyof OptionsInForce, next: OptionsInForce, change: () => Promise<void>): Promise<void> {
    if (isSamePlain(this.#options[key], next[key])) return;
    try {
      await change();
      this.#options = { ...this.#options, [key]: next[key] };
    } catch (error) {
      this.#tell(`${key} stays as it was: ${whyNot(error)}`);
    }
  }

  /** Writes at once, which proves that it can be written. */
  async #changeSnapshotFile(options: OptionsInForce): Promise<void> {
    const before = this.#snapshotFile;
    const next = this.#makeSnapshotFile(options);
    await before?.stop();
    try {
      await next?.write();
    } catch (error) {
      before?.start();
      throw error;
    }
    next?.start();
    this.#snapshotFile = next;
  }

  /** The new one hears from the very moment on that the old one hears no more. */
  async #changeAccessLog(options: OptionsInForce): Promise<void> {
    await tryToWrite(options);
    const before = this.#accessLog;
    this.#accessLog = this.#makeAccessLog(options);
    await before?.close();
  }

  /** The old address is given up first: it may be a part of the new one. */
  async #changeMetrics(options: OptionsInForce): Promise<void> {
    this.#metrics?.close();
    try {
      await this.#serveMetrics(options);
    } catch (error) {
      await this.#serveMetrics(this.#options);
      throw error;
    }
  }

  async #serveMetrics({ metrics }: OptionsInForce): Promise<void> {
    this.#metrics = metrics === false ? undefined : await serveMetrics(this.#balancer, metrics);
    if (this.#metrics !== undefined) this.#tell(`Metrics: ${this.#metrics.url}`);
  }

  #makeSnapshotFile({ snapshotFile }: OptionsInForce): SnapshotFile | undefined {
    return snapshotFile === false ? undefined : new SnapshotFile(this.#balancer, snapshotFile);
  }

  #makeAccessLog({ accessLog }: OptionsInForce): AccessLog | undefined {
    return accessLog === false ? undefined : this.#balancer.accessLog(accessLog);
  }
}

/** @throws Error of the system where the file of an access log cannot be opened */
async function tryToWrite({ accessLog }: OptionsInForce): Promise<void> {
  if (accessLog === false || typeof accessLog.to !== 'string' || accessLog.to === '-') return;
  await (await open(accessLog.to, 'a', logFileMode)).close();
}
