import type { BalancingSpec } from '../balancing/balancing-specs.ts';
import type { EngineSource } from '../run/engine-lease.ts';
import type { FactEmitter } from '../facts/fact-emitter.ts';
import { Listener } from '../listener/listener.ts';
import type { HttpListenerOptions, TcpListenerOptions } from '../listener/listener-options.ts';
import type { BaseListener } from '../listener/base-listener.ts';
import { SnatUdpForwarder } from '../listener/snat-udp-forwarder.ts';
import type { SnatUdpForwarderOptions } from '../listener/udp-forwarder-options.ts';
import { Pool } from '../pool/pool.ts';
import { unresolvePoolOptions, type ResolvedPoolOptions } from '../pool/pool-options.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { ServiceEvents } from '../facts/service-events.ts';
import { LeadingPool } from '../workers/leading-pool.ts';
import type { Leader } from '../workers/workers-run.ts';
import { ForwarderInWorkers, ListenerInWorkers } from '../workers/listeners-in-workers.ts';
import type { Workers } from '../workers/workers.ts';
import type { ServicePlan } from '../config/plan.ts';
import { Service } from '../service/service.ts';

/** What all services of a balancer share. */
export interface BuildContext {
  readonly engine: EngineSource;
  readonly runtime: Runtime;
  readonly facts: FactEmitter<ServiceEvents>;
  /** Where sessions run; undefined for this thread. */
  readonly workers: Workers | undefined;
}

/** Makes one service with its listeners. */
export function buildService(plan: ServicePlan, context: BuildContext): Service {
  return new Service(plan, buildListeners(plan, context));
}

/** One, or for `tcp+udp` one of each. */
function buildListeners(plan: ServicePlan, context: BuildContext): readonly BaseListener[] {
  const { servers, balance, healthCheck, passiveHealth, maxQueued, queueTimeoutMs, ...own } = plan.source;
  const { workers, ...shared } = context;
  const common = { ...shared, host: plan.host, persistence: plan.persistence };
  const parts = workers === undefined ? new PartsHere(context) : new PartsInWorkers(context, workers, plan);
  if (own.mode === 'udp') {
    const { mode: _, ...options } = own;
    return [parts.forwarder({ ...options, ...common }, plan.pool)];
  }
  if (own.mode !== 'tcp+udp') return [parts.listener({ ...own, ...common }, plan.pool)];

  const { udp = {}, ...tcp } = own;
  const { healthCheck: _check, passiveHealth: _passive, ...limits } = udp;
  const { name, port } = plan;
  return [
    parts.listener({ ...tcp, ...common, mode: 'tcp' }, plan.pool),
    parts.forwarder({ ...limits, ...common, name, port }, plan.udpPool),
  ];
}

/** A listener's options but for its pool. */
type ListenerParts = Omit<TcpListenerOptions, 'pool'> | Omit<HttpListenerOptions, 'pool'>;
type ForwarderParts = Omit<SnatUdpForwarderOptions, 'pool'>;

/** Makes services whose sessions run in this thread. */
class PartsHere {
  readonly #context: BuildContext;

  constructor(context: BuildContext) {
    this.#context = context;
  }

  listener(options: ListenerParts, pool: ResolvedPoolOptions): BaseListener {
    return new Listener({ ...options, pool: this.#pool(pool) });
  }

  forwarder(options: ForwarderParts, pool: ResolvedPoolOptions): BaseListener {
    return new SnatUdpForwarder({ ...options, pool: this.#pool(pool) });
  }

  #pool(options: ResolvedPoolOptions): Pool {
    return new Pool(unresolvePoolOptions(options), this.#context.runtime.random);
  }
}

/** Makes services whose sessions run in workers. */
class PartsInWorkers {
  readonly #context: BuildContext;
  readonly #workers: Workers;
  readonly #balance: BalancingSpec | undefined;

  constructor(context: BuildContext, workers: Workers, { source }: ServicePlan) {
    this.#context = context;
    this.#workers = workers;
    // The plan has refused live policies.
    this.#balance = source.balance as BalancingSpec | undefined;
  }

  listener(options: ListenerParts, pool: ResolvedPoolOptions): BaseListener {
    const leader = this.#leader();
    return new ListenerInWorkers({ ...options, pool: this.#pool(pool, leader) }, leader);
  }

  forwarder(options: ForwarderParts, pool: ResolvedPoolOptions): BaseListener {
    const leader = this.#leader();
    return new ForwarderInWorkers({ ...options, pool: this.#pool(pool, leader) }, leader);
  }

  #leader(): Leader {
    const workers = this.#workers;
    return { workers, pool: new LeadingPool(workers.count), balance: this.#balance };
  }

  #pool(options: ResolvedPoolOptions, leader: Leader): Pool {
    return new Pool(unresolvePoolOptions(options), this.#context.runtime.random, leader.pool);
  }
}
