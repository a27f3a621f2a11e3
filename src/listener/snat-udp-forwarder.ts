import { OptionReader } from '../base/options.ts';
import type { TrafficCounters } from '../path/traffic-counters.ts';
import { ForwarderRun } from '../run/forwarder-run.ts';
import type { Run } from '../run/run.ts';
import { BaseListener } from './base-listener.ts';
import { resolveUdpForwarderOptions, type SnatUdpForwarderOptions } from './udp-forwarder-options.ts';
import type { ResolvedSnatUdpForwarderOptions } from '../run/run-options.ts';

/**
 * A virtual service on a UDP port: each client's datagrams go to one server from a port of their own (source
 * NAT), and replies leave from the service's own address and port.
 */
export class SnatUdpForwarder extends BaseListener {
  readonly options: ResolvedSnatUdpForwarderOptions;
  readonly #source: SnatUdpForwarderOptions;

  /** @throws OptionsError with every problem of the options */
  constructor(options: SnatUdpForwarderOptions) {
    const reader = new OptionReader('forwarder', options);
    const resolved = resolveUdpForwarderOptions(reader);
    reader.finish();
    super(resolved, 'udp', options.facts);
    this.options = resolved;
    this.#source = options;
  }

  /**
   * Another forwarder with the same options but for those given, as {@link Listener.duplicate}.
   *
   * @throws OptionsError with every problem of the result
   */
  duplicate(changes: Partial<SnatUdpForwarderOptions>): SnatUdpForwarder {
    return new SnatUdpForwarder({ ...this.#source, ...this.inheritance(changes), ...changes });
  }

  /** @internal */
  protected open(counters: TrafficCounters, predecessor?: Run): Promise<Run> {
    const previous = predecessor instanceof ForwarderRun ? predecessor : undefined;
    return ForwarderRun.open(this.options, this.facts, counters, previous);
  }
}
