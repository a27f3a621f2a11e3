import type { OptionReader } from '../options.ts';
import { resolveUdpOptions, type ResolvedUdpOptions, type UdpOptions } from '../udp/udp-options.ts';
import {
  resolveServiceOptions,
  type ResolvedServiceOptions,
  type ServiceOptions,
} from './listener-options.ts';

/** Options of a UDP forwarder: what every service has, and the limits of its flows. */
export interface SnatUdpForwarderOptions extends ServiceOptions, UdpOptions {}

/** Complete options of a UDP forwarder, with live objects in place of specs. */
export interface ResolvedSnatUdpForwarderOptions extends ResolvedServiceOptions {
  readonly udp: ResolvedUdpOptions;
}

/** Reads the options of a UDP forwarder, reporting every problem to the reader. */
export function resolveUdpForwarderOptions(reader: OptionReader): ResolvedSnatUdpForwarderOptions {
  return Object.freeze({ ...resolveServiceOptions(reader, false), udp: resolveUdpOptions(reader) });
}
