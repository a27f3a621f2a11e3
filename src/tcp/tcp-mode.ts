import { addressFacts } from '../model/client.ts';
import type { ConnectionMode } from '../path/mode.ts';
import { resolveTcpOptions, type ResolvedTcpOptions } from './tcp-options.ts';
import { TcpPath } from './tcp-path.ts';

/** Relays connections as they are. */
export const tcpMode: ConnectionMode<ResolvedTcpOptions> = {
  transport: 'tcp',
  clientFacts: addressFacts,
  quickAck: true,
  readOptions: resolveTcpOptions,
  open: (context, options) => new TcpPath(context, options),
};
