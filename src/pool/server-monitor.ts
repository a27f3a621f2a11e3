import type { HealthCheck } from '../health/health-check.ts';
import type { HealthObserver, HealthWatch } from '../health/health-watch.ts';
import { PassiveEjection } from '../health/passive-ejection.ts';
import type { ResolvedPassiveHealthOptions } from '../health/passive-health-options.ts';
import type { ProbeReport, Server } from '../model/server.ts';
import type { Timer } from '../runtime/runtime.ts';
import type { PoolContext } from './pool-context.ts';

/** What a monitor asks of its pool. */
export interface MonitoredPool {
  /** The server may have become usable or unusable: build a new picker. */
  availabilityChanged(): void;
  /** May this server be ejected? */
  mayEject(server: Server): boolean;
  /** A server cannot be reached and may not be ejected: others may be the better choice now. */
  recallEjected(): void;
}

/**
 * Keeps the health of one server while its pool is attached: the active check, and the passive ejection
 * after consecutive connect failures. Owns the watch and the readmission timer; `stop` ends both.
 */
export class ServerMonitor {
  readonly #server: Server;
  readonly #pool: MonitoredPool;
  readonly #context: PoolContext;
  readonly #ejection: PassiveEjection | undefined;
  readonly #watch: HealthWatch | undefined;
  /** Checks in a row that end a first ejection. */
  readonly #rise: number;
  #readmission: Timer | undefined;

  constructor(
    server: Server,
    pool: MonitoredPool,
    context: PoolContext,
    check: HealthCheck | undefined,
    passive: ResolvedPassiveHealthOptions | false,
  ) {
    this.#server = server;
    this.#pool = pool;
    this.#context = context;
    this.#ejection = passive === false ? undefined : new PassiveEjection(passive);
    this.#rise = check?.options.rise ?? Infinity;
    const subject = {
      service: context.service,
      serviceHost: context.host,
      servicePort: context.port,
      server: server.name,
      host: server.host,
      port: server.port ?? context.port,
    };
    const observer: HealthObserver = {
      onProbe: (report, counts) => {
        this.#probed(report, counts);
      },
      onHealth: (current, report) => {
        this.#changeHealth(current, report);
      },
    };
    this.#watch = check?.watch(subject, context, observer, server.health);
  }

  /** Ends the check and a running ejection; nothing of this server is known any more. */
  stop(): void {
    this.#watch?.stop();
    this.#readmission?.cancel();
    this.#server.health = 'unknown';
    this.#server.ejected = false;
    this.#server.lastProbe = undefined;
  }

  connected(): void {
    this.#ejection?.recordSuccess(this.#context.runtime.clock.nowMs());
  }

  connectFailed(): void {
    // An active check hears of it at once instead of at its next turn.
    this.#watch?.wake();
    const ejection = this.#ejection;
    if (ejection?.recordFailure() !== true) return;
    if (this.#pool.mayEject(this.#server)) this.#eject(ejection);
    else this.#pool.recallEjected();
  }

  /** Have so many clients failed to connect that it would be ejected if it were not the last one? */
  get isDue(): boolean {
    return this.#ejection?.isDue === true;
  }

  /** Ends an ejection, also before its time. */
  readmit(): void {
    const ejection = this.#ejection;
    if (ejection?.isEjected !== true) return;
    const { facts, service, runtime } = this.#context;
    this.#readmission?.cancel();
    ejection.readmit(runtime.clock.nowMs());
    this.#setEjected(false);
    facts.publish('serverReadmitted', { service, server: this.#server.name, atMs: runtime.clock.wallMs() });
  }

  #probed(report: ProbeReport, counts: boolean): void {
    this.#server.lastProbe = report;
    this.#server.probesTotal += 1;
    if (counts && !report.ok) this.#server.probeFailuresTotal += 1;
    this.#server.probesTookMs += report.tookMs;
    const { facts, service, runtime } = this.#context;
    const startedMs = runtime.clock.nowMs() - report.tookMs;
    const isProved = counts && this.#ejection?.recordCheck(report.ok, startedMs, this.#rise) === true;
    if (isProved) this.readmit();
    if (facts.listenerCount('probeFinished') === 0) return;
    facts.publish('probeFinished', { service, server: this.#server.name, report, atMs: report.atMs });
  }

  #changeHealth(current: 'up' | 'down', report: ProbeReport): void {
    const previous = this.#server.health;
    this.#server.health = current;
    this.#pool.availabilityChanged();
    const { facts, service } = this.#context;
    facts.publish('serverHealthChanged', {
      service,
      server: this.#server.name,
      previous,
      current,
      reason: report.reason,
      atMs: report.atMs,
    });
    // A probe that could not be carried out is this process's fault: no reason to cut what still runs.
    if (current === 'down' && report.code !== 'probe-error') this.#context.onDown(this.#server);
  }

  #eject(ejection: PassiveEjection): void {
    const { facts, service, runtime } = this.#context;
    const server = this.#server.name;
    const forMs = ejection.eject(runtime.clock.nowMs());
    this.#server.ejectionsTotal += 1;
    this.#setEjected(true);
    facts.publish('serverEjected', { service, server, forMs, atMs: runtime.clock.wallMs() });
    // A handler may have stopped this monitor, or taken the server back.
    if (!this.#server.ejected) return;
    this.#readmission = runtime.clock.schedule(forMs, () => {
      this.readmit();
    });
  }

  #setEjected(isEjected: boolean): void {
    this.#server.ejected = isEjected;
    if (this.#watch !== undefined) this.#watch.isInDoubt = isEjected;
    this.#pool.availabilityChanged();
  }
}
