import type { ListenerOptions } from '../listener/listener-options.ts';
import { Listener } from '../listener/listener.ts';
import type { Run } from '../run/run.ts';
import { SnatUdpForwarder } from '../listener/snat-udp-forwarder.ts';
import type { SnatUdpForwarderOptions } from '../listener/udp-forwarder-options.ts';
import type { TrafficCounters } from '../path/traffic-counters.ts';
import { WorkersRun, type Leader } from './workers-run.ts';

/** A {@link Listener} whose sessions are in workers. */
export class ListenerInWorkers extends Listener {
  readonly #leader: Leader;

  constructor(options: ListenerOptions, leader: Leader) {
    super(options);
    this.#leader = leader;
  }

  /** @internal */
  protected override open(counters: TrafficCounters, predecessor?: Run): Promise<Run> {
    const { options, facts } = this;
    const { maxSessions, backlog, quickAck, carrier } = options;
    const cargo = { protocol: 'TCP', carriage: { maxSessions, backlog, quickAck, carrier } } as const;
    return WorkersRun.open({ options, cargo, leader: this.#leader, facts, counters }, predecessor);
  }
}

/** A {@link SnatUdpForwarder} whose flows are in workers. */
export class ForwarderInWorkers extends SnatUdpForwarder {
  readonly #leader: Leader;

  constructor(options: SnatUdpForwarderOptions, leader: Leader) {
    super(options);
    this.#leader = leader;
  }

  /** Flows are shared out evenly, and so is their limit. @internal */
  protected override open(counters: TrafficCounters, predecessor?: Run): Promise<Run> {
    const { options, facts } = this;
    const { workers } = this.#leader;
    const maxFlows = Math.max(1, Math.floor(options.udp.maxFlows / workers.count));
    const cargo = { protocol: 'UDP', udp: { ...options.udp, maxFlows } } as const;
    return WorkersRun.open({ options, cargo, leader: this.#leader, facts, counters }, predecessor);
  }
}
