import { OptionReader } from '../base/options.ts';
import type { SnatUdpForwarderOptions } from '../config/listener-options.ts';
import { readOwnListener } from '../config/read-listener.ts';
import { BaseListener } from './base-listener.ts';

/**
 * A virtual service on a UDP port: each client's datagrams go to one server from a port of their own (source
 * NAT), and replies leave from the service's own address and port.
 */
export class SnatUdpForwarder extends BaseListener {
  readonly #source: SnatUdpForwarderOptions;

  /** @throws OptionsError with every problem of the options */
  constructor(options: SnatUdpForwarderOptions) {
    const { options: resolved, facts } = readOwnListener(new OptionReader('forwarder', options), () => 'udp');
    super(resolved, facts);
    this.#source = options;
  }

  /**
   * Another forwarder with the same options, except those given, as {@link Listener.duplicate}.
   *
   * @throws OptionsError with every problem of the result
   */
  duplicate(changes: Partial<SnatUdpForwarderOptions>): SnatUdpForwarder {
    return new SnatUdpForwarder({ ...this.#source, ...this.inheritance(changes), ...changes });
  }
}
