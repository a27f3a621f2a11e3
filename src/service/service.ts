import type { StopOptions } from '../listener/lifecycle.ts';
import type { BaseListener } from '../listener/base-listener.ts';
import type { ServerOptions } from '../model/server.ts';
import { expectHealth } from '../pool/known-health.ts';
import type { Pool } from '../pool/pool.ts';
import type { Protocol } from '../facts/service-events.ts';
import type { ServiceConfig } from '../config/balancer-config.ts';
import { describeService, type ServiceOverview } from './service-overview.ts';
import { isSamePlain } from '../config/plain-data.ts';
import type { ServicePlan } from '../config/plan.ts';
import { startAll } from './start-all.ts';

/** A virtual service of a balancer: its plan, and the one or two listeners that were built from it. */
export class Service {
  readonly parts: readonly BaseListener[];
  #plan: ServicePlan;

  constructor(plan: ServicePlan, parts: readonly BaseListener[]) {
    this.#plan = plan;
    this.parts = parts;
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

  /** Stops it once others serve in its place, or as one that is wanted no more. */
  async retire(options: StopOptions): Promise<void> {
    await Promise.all(this.parts.map((part) => part.retire(options)));
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
   * given meanwhile (drain, halt, weight) stand. Resolves when all threads go by it.
   */
  async updateServers(next: ServicePlan): Promise<void> {
    for (const { pool } of this.parts) pool.updateServers(serversOf(next, this.#plan, pool));
    this.#plan = next;
    await Promise.all(this.parts.map(({ pool }) => Promise.resolve(pool.inForce())));
  }

  /**
   * Before it starts in the place of another: orders given there stand, as with `updateServers`, and what was found
   * of a server holds until its first probe here, where it is checked in the same way.
   */
  inherit(predecessor: Service): void {
    for (const part of this.parts) {
      const theirs = predecessor.parts.find(({ protocol }) => isUdp(protocol) === isUdp(part.protocol));
      if (theirs === undefined) continue;
      part.pool.updateServers(serversOf(this.#plan, predecessor.#plan, theirs.pool));
      const isCheckedAlike = isSamePlain(checksOf(predecessor.source), checksOf(this.source));
      if (isCheckedAlike && part.pool.options.healthCheck !== undefined) expectHealth(part.pool, theirs.pool);
    }
  }
}

/** The servers of a plan; those whose entry is the same as in the plan before as they are now. */
function serversOf(next: ServicePlan, last: ServicePlan, present: Pool): readonly ServerOptions[] {
  const before = new Map(last.pool.servers.map((server) => [server.name, server]));
  const now = new Map(present.toOptions().servers.map((server) => [server.name, server]));
  return next.pool.servers.map((server) => {
    const isSame = isSamePlain(before.get(server.name), server);
    return isSame ? (now.get(server.name) ?? server) : server;
  });
}

function isUdp(protocol: Protocol): boolean {
  return protocol === 'udp';
}

/** How servers are checked: what one check found says nothing of another. */
function checksOf(config: ServiceConfig): unknown {
  const { mode, healthCheck } = config;
  return [mode, healthCheck, mode === 'tcp+udp' ? config.udp?.healthCheck : undefined];
}
