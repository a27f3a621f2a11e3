import type { AdminState } from '../model/server.ts';
import { describeChanges, type ConfigChange } from './describe-changes.ts';
import { showValue, type OptionChange } from './option-changes.ts';
import type { ResolvedConfig } from './resolved-config.ts';

/** One thing that runs otherwise than a configuration says. */
export interface ConfigDifference {
  /** The service's name; undefined where it is about the whole process. */
  readonly service: string | undefined;
  /** The server's name, where it is about one. */
  readonly server: string | undefined;
  /** Where it is: on both sides, with other options, or on one alone. */
  readonly found: 'differs' | 'not in the file' | 'in the file only';
  /** What differs: `from` the configuration `to` what runs. Empty where one side has it alone. */
  readonly options: readonly OptionChange[];
  /** Whether orders made all of it: given again with `--save`, they are in the file as well. */
  readonly isByOrder: boolean;
  /** All of it in one line. */
  readonly text: string;
}

/** Whether an order, and no configuration, made an option of a server what it is now. */
export type IsByOrder = (service: string, server: string, option: OptionChange) => boolean;

/**
 * What runs otherwise than a configuration file says, for people and for programs. Pure.
 *
 * @param said what the file says
 * @param present what runs, orders included
 * @returns nothing where the two are the same
 */
export function describeDifferences(
  said: ResolvedConfig,
  present: ResolvedConfig,
  isByOrder: IsByOrder,
): readonly ConfigDifference[] {
  return describeChanges(said, present).map((change) => differenceOf(change, isByOrder));
}

/** What `apply` would add or remove, if what runs were the next configuration. */
const oneSidedKinds: Readonly<Partial<Record<ConfigChange['kind'], ConfigDifference['found']>>> = {
  serviceAdded: 'not in the file',
  serverAdded: 'not in the file',
  serviceRemoved: 'in the file only',
  serverRemoved: 'in the file only',
};

/** The order that puts into the file what only runs. */
const howToKeep: Readonly<Partial<Record<ConfigChange['kind'], string>>> = {
  serviceAdded: '; duplicate with --save keeps it',
  serverAdded: '; add-server with --save keeps it',
};

function differenceOf(
  { kind, service, server, options }: ConfigChange,
  isByOrder: IsByOrder,
): ConfigDifference {
  const subject = server === undefined ? (service ?? 'the process') : `${server} of ${String(service)}`;
  const about = { service, server, options };
  const oneSided = oneSidedKinds[kind];
  if (oneSided !== undefined)
    return {
      ...about,
      found: oneSided,
      isByOrder: false,
      text: `${subject}: ${oneSided}${howToKeep[kind] ?? ''}`,
    };
  const ordered = options.filter(
    (option) => service !== undefined && server !== undefined && isByOrder(service, server, option),
  );
  const isAllByOrder = ordered.length === options.length;
  const words = options.map((option) => differenceInWords(option, ordered.includes(option)));
  const text = `${subject}: ${words.join('; ')}${isAllByOrder ? '; --save keeps it' : ''}`;
  return { ...about, found: 'differs', isByOrder: isAllByOrder, text };
}

function differenceInWords({ option, from, to }: OptionChange, isByOrder: boolean): string {
  const said = showValue(option, from);
  const runs = showValue(option, to);
  // Of two secrets, nobody is told more than that.
  if (said === runs) return `${option} differs`;
  if (!isByOrder) return `${option} ${runs}, file says ${said}`;
  const done = option === 'adminState' ? orderDone[to as AdminState] : `${option} ${runs}`;
  return `${done} by order, file says ${said}`;
}

const orderDone: Readonly<Record<AdminState, string>> = {
  online: 'online',
  drain: 'drained',
  halt: 'halted',
};
