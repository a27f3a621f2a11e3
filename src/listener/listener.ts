import { OptionReader } from '../base/options.ts';
import type { HttpListenerOptions, ListenerOptions, TcpListenerOptions } from '../config/listener-options.ts';
import { modeNames, type ModeName } from '../config/modes.ts';
import { readOwnListener } from '../config/read-listener.ts';
import { BaseListener } from './base-listener.ts';

/** Options of a duplicate: any of the listener's own, of either mode. */
export type ListenerChanges = Partial<Omit<TcpListenerOptions, 'mode'>> &
  Partial<Omit<HttpListenerOptions, 'mode'>> & { readonly mode?: ListenerOptions['mode'] };

/** A virtual service on a TCP port, in `tcp` or `http` mode, in front of one pool. */
export class Listener extends BaseListener {
  readonly #source: ListenerOptions;

  /** @throws OptionsError with every problem of the options */
  constructor(options: ListenerOptions) {
    const { options: resolved, facts } = readOwnListener(new OptionReader('listener', options), readTcpMode);
    super(resolved, facts);
    this.#source = options;
  }

  /**
   * Another listener with the same options, except those given. It has a pool of its own with the same servers,
   * weights and admin states; servers without a port follow its port. It **shares** the persistence (the same table,
   * so a client that this listener knows goes to the same server there) and events, unless they are given.
   *
   * @throws OptionsError with every problem of the result
   */
  duplicate(changes: ListenerChanges): Listener {
    return new Listener({ ...this.#source, ...this.inheritance(changes), ...changes });
  }
}

function readTcpMode(reader: OptionReader): ModeName | undefined {
  return reader.oneOf('mode', modeNames('tcp'), { hint: hintFor(reader.raw('mode')) });
}

function hintFor(mode: unknown): string {
  if (mode === 'udp') return '; for UDP use a SnatUdpForwarder';
  return mode === 'tcp+udp' ? '; for both at once use a Balancer, or a Listener and a SnatUdpForwarder' : '';
}
