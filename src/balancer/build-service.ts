import type { EngineSource } from '../listener/engine-lease.ts';
import type { FactEmitter } from '../fact-emitter.ts';
import { Listener } from '../listener/listener.ts';
import type { Service } from '../listener/service.ts';
import { SnatUdpForwarder } from '../listener/snat-udp-forwarder.ts';
import { Pool } from '../pool/pool.ts';
import { unresolvePoolOptions } from '../pool/pool-options.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { ServiceEvents } from '../service/service-events.ts';
import type { ServicePlan } from './plan.ts';

/** What all services of a balancer share. */
export interface BuildContext {
  readonly engine: EngineSource;
  readonly runtime: Runtime;
  readonly facts: FactEmitter<ServiceEvents>;
}

/** Makes the listeners of one service: one, or for `tcp+udp` one of each. */
export function buildService(plan: ServicePlan, context: BuildContext): readonly Service[] {
  const { servers, balance, healthCheck, passiveHealth, maxQueued, queueTimeoutMs, ...own } = plan.source;
  const common = { ...context, host: plan.host, persistence: plan.persistence };
  const pool = new Pool(unresolvePoolOptions(plan.pool), context.runtime.random);
  if (own.mode === 'udp') {
    const { mode: _, ...options } = own;
    return [new SnatUdpForwarder({ ...options, ...common, pool })];
  }
  if (own.mode !== 'tcp+udp') return [new Listener({ ...own, ...common, pool })];

  const { udp = {}, ...tcp } = own;
  const { healthCheck: _check, passiveHealth: _passive, ...limits } = udp;
  const udpPool = new Pool(unresolvePoolOptions(plan.udpPool), context.runtime.random);
  const { name, port } = plan;
  return [
    new Listener({ ...tcp, ...common, mode: 'tcp', pool }),
    new SnatUdpForwarder({ ...limits, ...common, name, port, pool: udpPool }),
  ];
}
