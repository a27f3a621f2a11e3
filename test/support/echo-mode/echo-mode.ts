import type { OptionReader } from '../../../src/base/options.ts';
import { addressFacts } from '../../../src/model/client.ts';
import type { ConnectionMode } from '../../../src/path/mode.ts';
import { EchoPath } from './echo-path.ts';

export interface ResolvedEchoOptions {
  /** What every echo begins with. */
  readonly prefix: string;
}

/** Says back what clients say. It needs no server, and so shows what a mode is made of. */
export const echoMode: ConnectionMode<ResolvedEchoOptions> = {
  transport: 'tcp',
  clientFacts: addressFacts,
  quickAck: true,
  readOptions: (reader: OptionReader) => ({ prefix: reader.string('prefix', { default: '' }) }),
  open: (context, options) => new EchoPath(context, options),
};
