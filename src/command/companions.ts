import type { Balancer } from '../balancer/balancer.ts';
import type { AccessLog } from '../records/access-log.ts';
import { SnapshotFile } from '../snapshot/snapshot-file.ts';
import { serveMetrics, type MetricsAddress, type MetricsServer } from './metrics-server.ts';
import type { Tell } from './running.ts';

/** What may run beside a balancer. */
export interface CompanionFlags {
  readonly snapshot?: string;
  readonly accessLog?: string;
  readonly logFormat: 'json' | 'haproxy';
  readonly metrics?: MetricsAddress;
}

/** The snapshot file, the access log and the metrics of a balancer, as far as somebody wants them. */
export class Companions {
  readonly #balancer: Balancer;
  readonly #flags: CompanionFlags;
  readonly #snapshot: SnapshotFile | undefined;
  readonly #accessLog: AccessLog | undefined;
  #metrics: MetricsServer | undefined = undefined;
  /** Before that, the snapshot file may be another process's. */
  #isStarted = false;

  /** @throws OptionsError for a wrong path */
  constructor(balancer: Balancer, flags: CompanionFlags) {
    const { snapshot: path, accessLog: to, logFormat: format } = flags;
    this.#balancer = balancer;
    this.#flags = flags;
    this.#snapshot = path === undefined ? undefined : new SnapshotFile(balancer, { path });
    this.#accessLog = to === undefined ? undefined : balancer.accessLog({ to, format });
  }

  /** Before the balancer starts, so that the first client finds its server. */
  async restore(): Promise<void> {
    await this.#snapshot?.restore();
  }

  /**
   * The balancer has started.
   *
   * @throws SluiceError `SLUICE_ERR_LISTEN` where metrics cannot be served
   */
  async start(tell: Tell): Promise<void> {
    const { metrics } = this.#flags;
    if (metrics !== undefined) {
      this.#metrics = await serveMetrics(this.#balancer, metrics);
      tell(`Metrics: ${this.#metrics.url}`);
    }
    this.#snapshot?.start();
    this.#isStarted = true;
  }

  /** The access log was moved away: goes on in a new file. */
  reopen(): void {
    void this.#accessLog?.reopen();
  }

  /** The balancer has stopped: writes what is left. After a start that failed, the snapshot file stays as it is. */
  async stop(): Promise<void> {
    this.#metrics?.close();
    if (this.#isStarted) await this.#snapshot?.stop();
    await this.#accessLog?.close();
  }
}
