import type { StopOptions } from '../listener/lifecycle.ts';
import type { Service } from '../listener/service.ts';
import type { ServerOptions } from '../model/server.ts';
import type { ServiceConfig } from './balancer-config.ts';
import { describeService, type ServiceOverview } from './balancer-overview.ts';
import { buildService, type BuildContext } from './build-service.ts';
import { isSamePlain } from './plain-data.ts';
import type { ServicePlan } from './plan.ts';
import { startAll } from './start-all.ts';

/** One service of a balancer: its plan, and the one or two listeners built from it. */
export class PlannedService {
  readonly parts: readonly Service[];
  #plan: ServicePlan;

  constructor(plan: ServicePlan, context: BuildContext) {
    this.#plan = plan;
    this.parts = buildService(plan, context);
  }

  get name(): string {
    return this.#plan.name;
  }

  /** Starts all its listeners, or none: what was started is stopped again before the error is thrown. */
  start(): Promise<void> {
    return startAll(this.parts);
  }

  async stop(options: StopOptions): Promise<void> {
    await Promise.all(this.parts.map((part) => part.stop(options)));
  }

  /**
   * Stops it to make room for another: TCP sessions have their grace. UDP flows are cut, since their port is
   * needed at once and their clients ask again.
   */
  async retire(options: StopOptions): Promise<void> {
    await Promise.all(
      this.parts.map((part) => part.stop(part.protocol === 'udp' ? { graceMs: 0 } : options)),
    );
  }

  /** Resolves when a stop under way has given back the ports. */
  get released(): Promise<unknown> {
    return Promise.all(this.parts.map((part) => part.released));
  }

  overview(): ServiceOverview {
    return describeService(this.#plan.name, this.#plan.mode, this.parts);
  }

  /** The configuration that it was made from. */
  get source(): ServiceConfig {
    return this.#plan.source;
  }

  /** The configuration that would make this service again, servers as they are now. */
  toConfig(): ServiceConfig {
    const servers = this.parts[0]?.pool.toOptions().servers ?? [];
    return { ...this.source, servers };
  }

  /** Does another plan differ in nothing but its servers? Then they can be changed while sessions run. */
  differsOnlyInServers(next: ServicePlan): boolean {
    const rest = (plan: ServicePlan): unknown => ({ ...plan.source, servers: [] });
    return isSamePlain(rest(this.#plan), rest(next));
  }

  /**
   * Takes over the servers of another plan. A server whose entry is the same in both is not touched: orders
   * given meanwhile (drain, halt, weight) stand.
   */
  updateServers(next: ServicePlan): void {
    const before = new Map(this.#plan.pool.servers.map((server) => [server.name, server]));
    for (const { pool } of this.parts) {
      const now = new Map(pool.toOptions().servers.map((server) => [server.name, server]));
      const servers = next.pool.servers.map((server): ServerOptions => {
        const isSame = isSamePlain(before.get(server.name), server);
        return isSame ? (now.get(server.name) ?? server) : server;
      });
      pool.updateServers(servers);
    }
    this.#plan = next;
  }
}
