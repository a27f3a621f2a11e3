import { OptionsError } from '../base/errors.ts';
import { modeOf } from '../config/modes.ts';
import type { ResolvedListenerOptions } from '../config/resolved-options.ts';
import type { FactEmitter } from '../facts/fact-emitter.ts';
import type { ServiceEvents } from '../facts/service-events.ts';
import { IpAddress } from '../model/address.ts';
import { AddressClient } from '../model/client.ts';
import { ExtensionFailures, reportFailures } from '../pool/extension-failures.ts';
import { Selector, type Explanation } from '../pool/selector.ts';

/** A listener, as far as its choice of a server goes. */
export interface ChoosingListener {
  readonly options: ResolvedListenerOptions;
  readonly host: string;
  readonly port: number;
  readonly facts: FactEmitter<ServiceEvents>;
}

/**
 * As `BaseListener.explain`.
 *
 * @param running the selector of the run; without it, one as a run would have
 */
export function explainChoice(
  client: string,
  listener: ChoosingListener,
  running: Selector | undefined,
): Explanation {
  const address = IpAddress.parse(client);
  if (address === undefined) {
    throw new OptionsError([{ path: 'client', expected: 'an IP address', actual: `'${client}'` }]);
  }
  const { pool } = listener.options;
  const mode = modeOf(listener.options.mode);
  const { maxQueued } = pool.options;
  const mayWait = mode.transport === 'tcp' && maxQueued > 0;
  const selector = running ?? selectorOf(listener);
  const local = IpAddress.parse(listener.host) ?? new IpAddress();
  const explanation = selector.explain(new AddressClient(address, 0, local, listener.port), mayWait);
  const isRefused = explanation.reason === 'wait' && pool.queued >= maxQueued;
  if (isRefused) return { server: undefined, reason: 'none' };
  if (explanation.reason !== 'none') return explanation;
  const hasFallback = mode.hasFallback?.(listener.options.mode.options) === true;
  return hasFallback ? { ...explanation, reason: 'fallback' } : explanation;
}

function selectorOf({ options, facts }: ChoosingListener): Selector {
  const { name, pool, runtime } = options;
  const persistence = reportFailures(options.persistence, new ExtensionFailures(name, runtime, facts));
  return new Selector(name, pool, persistence, runtime.clock, facts);
}
