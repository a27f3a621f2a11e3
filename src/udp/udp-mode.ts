import { addressFacts } from '../model/client.ts';
import type { DatagramMode } from '../path/mode.ts';
import { resolveUdpOptions, type ResolvedUdpOptions } from './udp-options.ts';
import { UdpPath } from './udp-path.ts';

/** Forwards datagrams with source NAT. */
export const udpMode: DatagramMode<ResolvedUdpOptions> = {
  transport: 'udp',
  clientFacts: addressFacts,
  readOptions: resolveUdpOptions,
  /** Flows are shared out evenly, and so is their limit. */
  optionsOfPart: (options, parts) => ({
    ...options,
    maxFlows: Math.max(1, Math.floor(options.maxFlows / parts)),
  }),
  open: (context, options) => new UdpPath(context, options),
};
