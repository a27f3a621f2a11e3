import type { ListenerOptions } from '../listener/listener-options.ts';
import { Listener } from '../listener/listener.ts';
import type { OpenService } from '../listener/open-service.ts';
import { SnatUdpForwarder } from '../listener/snat-udp-forwarder.ts';
import type { SnatUdpForwarderOptions } from '../listener/udp-forwarder-options.ts';
import type { ServiceStats } from '../service/service-stats.ts';
import { OpenInWorkers, type Placement } from './open-in-workers.ts';

/** A {@link Listener} whose sessions are in workers. */
export class ListenerInWorkers extends Listener {
  readonly #placement: Placement;

  constructor(options: ListenerOptions, placement: Placement) {
    super(options);
    this.#placement = placement;
  }

  /** @internal */
  protected override open(stats: ServiceStats, predecessor?: OpenService): Promise<OpenService> {
    const { options, facts } = this;
    const { maxSessions, backlog, quickAck, carrier } = options;
    const cargo = { protocol: 'TCP', carriage: { maxSessions, backlog, quickAck, carrier } } as const;
    return OpenInWorkers.open({ options, cargo, placement: this.#placement, facts, stats }, predecessor);
  }
}

/** A {@link SnatUdpForwarder} whose flows are in workers. */
export class ForwarderInWorkers extends SnatUdpForwarder {
  readonly #placement: Placement;

  constructor(options: SnatUdpForwarderOptions, placement: Placement) {
    super(options);
    this.#placement = placement;
  }

  /** Flows are shared out evenly, and so is their limit. @internal */
  protected override open(stats: ServiceStats, predecessor?: OpenService): Promise<OpenService> {
    const { options, facts } = this;
    const { workers } = this.#placement;
    const maxFlows = Math.max(1, Math.floor(options.udp.maxFlows / workers.count));
    const cargo = { protocol: 'UDP', udp: { ...options.udp, maxFlows } } as const;
    return OpenInWorkers.open({ options, cargo, placement: this.#placement, facts, stats }, predecessor);
  }
}
