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
  /** May one more server be ejected? */
  mayEject(): boolean;
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
  #readmission: Timer | undefined;

  constructor(
    server: Server,
    pool: MonitoredPool,
    context: PoolContext,
    check: HealthCheck | undefined,
    passive: ResolvedPassiveHealthOptions | undefined,
  ) {
    this.#server = server;
    this.#pool = pool;
    this.#context = context;
    this.#ejection = passive === undefined ? undefined : new PassiveEjection(passive);
    const subject = {
      service: context.service,
      serviceHost: context.host,
      servicePort: context.port,
      server: server.name,
      host: server.host,
      port: server.port ?? context.port,
    };
    const observer: HealthObserver = {
      onProbe: (report) => {
        this.#probed(report);
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
    if (ejection?.recordFailure() !== true || !this.#pool.mayEject()) return;
    this.#eject(ejection);
  }

  #probed(report: ProbeReport): void {
    this.#server.lastProbe = report;
    const { facts, service } = this.#context;
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
    this.#server.ejected = true;
    this.#pool.availabilityChanged();
    facts.publish('serverEjected', { service, server, forMs, atMs: runtime.clock.wallMs() });
    this.#readmission = runtime.clock.schedule(forMs, () => {
      ejection.readmit(runtime.clock.nowMs());
      this.#server.ejected = false;
      this.#pool.availabilityChanged();
      facts.publish('serverReadmitted', { service, server, atMs: runtime.clock.wallMs() });
    });
  }
}
