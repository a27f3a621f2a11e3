import type { OptionReader } from '../base/options.ts';
import type { ClientFactKind } from '../model/client.ts';
import type { MakeStage } from './arrival-stage.ts';
import type { ConnectionPath, DatagramPath } from './data-path.ts';
import type { PathContext } from './path-context.ts';

/** What a port is of. */
export type Transport = 'tcp' | 'udp';

interface AnyMode<Options> {
  /** What strategies and policies may read of a client. */
  readonly clientFacts: readonly ClientFactKind[];
  /** Reads the options of the mode from a reader that has those of the listener as well. */
  readOptions(reader: OptionReader): Options;
  /** Whether anything but a server may answer. @default never */
  hasFallback?(options: Options): boolean;
  /** The options of each of several parts that share what is limited. @default the same */
  optionsOfPart?(options: Options, parts: number): Options;
}

/** A mode of TCP connections: what a listener does with those that it accepts. */
export interface ConnectionMode<Options> extends AnyMode<Options> {
  readonly transport: 'tcp';
  /** Whether `quickAck` is on unless a listener says otherwise. */
  readonly quickAck: boolean;
  /** The steps of a client's arrival that come after the listener's own, in order. @default none */
  stages?(options: Options): readonly MakeStage[];
  open(context: PathContext, options: Options): ConnectionPath;
}

/** A mode of UDP datagrams. */
export interface DatagramMode<Options> extends AnyMode<Options> {
  readonly transport: 'udp';
  open(context: PathContext, options: Options): DatagramPath;
}

export type Mode<Options> = ConnectionMode<Options> | DatagramMode<Options>;
