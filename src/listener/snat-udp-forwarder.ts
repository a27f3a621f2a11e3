import { OptionReader } from '../options.ts';
import type { ServiceStats } from '../service/service-stats.ts';
import { OpenUdpForwarder } from './open-udp-forwarder.ts';
import type { OpenService } from './open-service.ts';
import { Service } from './service.ts';
import {
  resolveUdpForwarderOptions,
  type ResolvedSnatUdpForwarderOptions,
  type SnatUdpForwarderOptions,
} from './udp-forwarder-options.ts';

/**
 * A virtual service on a UDP port: each client's datagrams go to one server from a port of their own (source
 * NAT), and replies leave from the service's own address and port.
 */
export class SnatUdpForwarder extends Service {
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
  protected open(stats: ServiceStats, predecessor?: OpenService): Promise<OpenService> {
    const previous = predecessor instanceof OpenUdpForwarder ? predecessor : undefined;
    return OpenUdpForwarder.open(this.options, this.facts, stats, previous);
  }
}
