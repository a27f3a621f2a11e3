import type { OptionReader } from '../base/options.ts';
import type { ConnectionPath, DatagramPath } from './data-path.ts';
import type { PathContext } from './path-context.ts';

interface AnyMode<Options> {
  /** Whether strategies may read HTTP. */
  readonly knowsHttp: boolean;
  /** Reads the options of the mode from a reader that has those of the listener as well. */
  readOptions(reader: OptionReader): Options;
  /** Whether somebody else than a server may answer. @default never */
  hasFallback?(options: Options): boolean;
  /** The options of each of several workers, which share what is limited. @default the same */
  optionsInWorker?(options: Options, workers: number): Options;
}

/** A mode of TCP connections: what a listener does with those that it accepts. */
export interface ConnectionMode<Options> extends AnyMode<Options> {
  readonly transport: 'tcp';
  /** Whether `quickAck` is on unless a listener says otherwise. */
  readonly quickAck: boolean;
  open(context: PathContext, options: Options): ConnectionPath;
}

/** A mode of UDP datagrams. */
export interface DatagramMode<Options> extends AnyMode<Options> {
  readonly transport: 'udp';
  open(context: PathContext, options: Options): DatagramPath;
}

export type Mode<Options> = ConnectionMode<Options> | DatagramMode<Options>;
