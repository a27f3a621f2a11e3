import type { OptionReader } from '../base/options.ts';
import { resolveUdpOptions, type UdpOptions } from '../udp/udp-options.ts';
import { resolveBaseListenerOptions, type BaseListenerOptions } from './listener-options.ts';
import type { ResolvedSnatUdpForwarderOptions } from '../run/run-options.ts';

/** Options of a UDP forwarder: what every listener has, and the limits of its flows. */
export interface SnatUdpForwarderOptions extends BaseListenerOptions, UdpOptions {}

/** Reads the options of a UDP forwarder, reporting every problem to the reader. */
export function resolveUdpForwarderOptions(reader: OptionReader): ResolvedSnatUdpForwarderOptions {
  return Object.freeze({ ...resolveBaseListenerOptions(reader, false), udp: resolveUdpOptions(reader) });
}
