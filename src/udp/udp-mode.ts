import type { DatagramMode } from '../path/mode.ts';
import { resolveUdpOptions, type ResolvedUdpOptions } from './udp-options.ts';
import { UdpPath } from './udp-path.ts';

/** Forwards datagrams with source NAT. */
export const udpMode: DatagramMode<ResolvedUdpOptions> = {
  transport: 'udp',
  knowsHttp: false,
  readOptions: resolveUdpOptions,
  /** Flows are shared out evenly, and so is their limit. */
  optionsInWorker: (options, workers) => ({
    ...options,
    maxFlows: Math.max(1, Math.floor(options.maxFlows / workers)),
  }),
  open: (context, options) => new UdpPath(context, options),
};
