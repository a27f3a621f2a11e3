import { OptionReader } from '../base/options.ts';
import type { TrafficCounters } from '../path/traffic-counters.ts';
import {
  resolveListenerOptions,
  type HttpListenerOptions,
  type ListenerOptions,
  type TcpListenerOptions,
} from './listener-options.ts';
import { ListenerRun } from '../run/listener-run.ts';
import type { Run } from '../run/run.ts';
import { BaseListener } from './base-listener.ts';
import type { ResolvedListenerOptions } from '../run/run-options.ts';

/** Options of a duplicate: any of the listener's own, of either mode. */
export type ListenerChanges = Partial<Omit<TcpListenerOptions, 'mode'>> &
  Partial<Omit<HttpListenerOptions, 'mode'>> & { readonly mode?: ListenerOptions['mode'] };

/** A virtual service on a TCP port, in `tcp` or `http` mode, in front of one pool. */
export class Listener extends BaseListener {
  readonly options: ResolvedListenerOptions;
  /** @internal */
  protected override readonly hasFallback: boolean;
  readonly #source: ListenerOptions;

  /** @throws OptionsError with every problem of the options */
  constructor(options: ListenerOptions) {
    const reader = new OptionReader('listener', options);
    const resolved = resolveListenerOptions(reader);
    reader.finish();
    super(resolved, resolved.carrier.mode, options.facts);
    const { carrier } = resolved;
    this.options = resolved;
    this.hasFallback = carrier.mode === 'http' && carrier.options.fallback !== undefined;
    this.#source = options;
  }

  /**
   * Another listener with the same options but for those given. It has a pool of its own with the same
   * servers, weights and admin states; servers without a port follow its port. It **shares** the persistence
   * (the same table, so a client that this listener knows goes to the same server there) and events, unless
   * they are given.
   *
   * @throws OptionsError with every problem of the result
   */
  duplicate(changes: ListenerChanges): Listener {
    return new Listener({ ...this.#source, ...this.inheritance(changes), ...changes });
  }

  /** @internal */
  protected open(counters: TrafficCounters, predecessor?: Run): Promise<Run> {
    const previous = predecessor instanceof ListenerRun ? predecessor : undefined;
    return ListenerRun.open(this.options, this.facts, counters, previous);
  }
}
