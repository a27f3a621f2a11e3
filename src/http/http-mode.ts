import { requestFacts } from '../model/client.ts';
import type { ConnectionMode } from '../path/mode.ts';
import { resolveHttpOptions, type ResolvedHttpOptions } from './http-options.ts';
import { HttpPath } from './http-path.ts';

/** Balances HTTP/1.1 requests. */
export const httpMode: ConnectionMode<ResolvedHttpOptions> = {
  transport: 'tcp',
  clientFacts: requestFacts,
  quickAck: false,
  readOptions: resolveHttpOptions,
  hasFallback: ({ fallback }) => fallback !== undefined,
  open: (context, options) => new HttpPath(context, options),
};
