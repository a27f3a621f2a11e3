import { OptionReader } from '../options.ts';
import type { ServiceStats } from '../service/service-stats.ts';
import {
  resolveListenerOptions,
  type HttpListenerOptions,
  type ListenerOptions,
  type ResolvedListenerOptions,
  type TcpListenerOptions,
} from './listener-options.ts';
import { OpenListener } from './open-listener.ts';
import type { OpenService } from './open-service.ts';
import { Service } from './service.ts';

/** Options of a duplicate: any of the listener's own, of either mode. */
export type ListenerChanges = Partial<Omit<TcpListenerOptions, 'mode'>> &
  Partial<Omit<HttpListenerOptions, 'mode'>> & { readonly mode?: ListenerOptions['mode'] };

/** A virtual service on a TCP port, in `tcp` or `http` mode, in front of one pool. */
export class Listener extends Service {
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
  protected open(stats: ServiceStats, predecessor?: OpenService): Promise<OpenService> {
    const previous = predecessor instanceof OpenListener ? predecessor : undefined;
    return OpenListener.open(this.options, this.facts, stats, previous);
  }
}
