import { nameRule } from '../base/option-rules.ts';
import type { OptionReader } from '../base/options.ts';
import type { FactEmitter } from '../facts/fact-emitter.ts';
import type { ServiceEvents } from '../facts/service-events.ts';
import { readOwnHost } from '../model/host.ts';
import { PersistenceMaker } from '../persistence/make-persistence.ts';
import { readPersistence } from '../persistence/persistence-specs.ts';
import { readPoolOptions, type ResolvedPoolSpec } from '../pool/pool-options.ts';
import { Pool } from '../pool/pool.ts';
import type { Random } from '../runtime/runtime.ts';
import { readRuntime } from '../runtime/runtime-option.ts';
import { withSafeLog } from '../runtime/safe-log.ts';
import { modeOf, modes, type ModeName, type ResolvedMode } from './modes.ts';
import { readEngine } from './read-engine.ts';
import type { ResolvedArrival, ResolvedListenerConfig } from './resolved-config.ts';
import type { ResolvedListenerOptions } from './resolved-options.ts';
import { listenerDefaults } from './listener-options.ts';
import { checkRules } from './rules.ts';

/** What every listener has, whatever it carries. */
export type ListenerBasics = Pick<ResolvedListenerConfig, 'name' | 'host' | 'port' | 'persistence'>;

export function readBasics(reader: OptionReader): ListenerBasics {
  return {
    name: reader.string('name', nameRule),
    host: readOwnHost(reader, 'host', { default: listenerDefaults.host }),
    port: reader.integer('port', { min: 0, max: 65535 }),
    persistence: readPersistence(reader, 'persistence'),
  };
}

/** Reads the options that a mode has, and how connections arrive where it has any. */
export function readMode(
  reader: OptionReader,
  name: ModeName,
): Pick<ResolvedListenerConfig, 'mode' | 'arrival'> {
  const mode = { name, options: modes[name].readOptions(reader) } as ResolvedMode;
  const of = modeOf(mode);
  const arrival = of.transport === 'tcp' ? readArrival(reader, of.quickAck) : undefined;
  return { mode: Object.freeze(mode), arrival };
}

function readArrival(reader: OptionReader, quickAck: boolean): ResolvedArrival {
  const { maxSessions, backlog } = listenerDefaults;
  return Object.freeze({
    maxSessions: reader.integer('maxSessions', { min: 1, max: 1_000_000, default: maxSessions }),
    backlog: reader.integer('backlog', { min: 1, max: 65_535, default: backlog }),
    quickAck: reader.boolean('quickAck', { default: quickAck }),
  });
}

/** A listener that is made on its own, and where its facts go. */
export interface OwnListener {
  readonly options: ResolvedListenerOptions;
  readonly facts: FactEmitter<ServiceEvents> | undefined;
}

/**
 * Reads the options of a listener that is made on its own, and makes what they describe.
 *
 * @param readModeOf the mode of what is read, undefined where that is wrong
 * @throws OptionsError with every problem of the options
 */
export function readOwnListener(
  reader: OptionReader,
  readModeOf: (reader: OptionReader) => ModeName | undefined,
): OwnListener {
  const name = readModeOf(reader);
  const facts = reader.live('facts', isEmitter);
  if (facts === undefined && reader.has('facts')) reader.problem('facts', 'a FactEmitter');
  const runtime = withSafeLog(readRuntime(reader));
  const basics = readBasics(reader);
  const live = reader.live('pool', isPool);
  const pool = live === undefined ? readPool(reader.child('pool')) : live.toOptions();
  const engine = readEngine(reader);
  const listener = { ...basics, ...readMode(reader, name ?? 'tcp'), pool };
  checkAlone(listener, reader);
  reader.finish();
  const maker = new PersistenceMaker({ seed: newTableSeed(runtime.random) });
  const options = {
    ...listener,
    pool: live ?? new Pool(pool, runtime.random),
    persistence: maker.make(basics.persistence).persistence,
    engine,
    runtime,
  };
  return { options: Object.freeze(options), facts };
}

function readPool(reader: OptionReader): ResolvedPoolSpec {
  const pool = readPoolOptions(reader);
  reader.refuseUnknownKeys();
  return pool;
}

/** The rules hold for a listener that is alone as for the service of one. */
function checkAlone(listener: ResolvedListenerConfig, reader: OptionReader): void {
  const service = { name: listener.name, mode: listener.mode.name, listeners: [listener] } as const;
  const ownOptions = ['name', 'host', 'port', 'persistence', 'mode'];
  const at = (option: string): string => reader.at(ownOptions.includes(option) ? option : `pool.${option}`);
  checkRules({ engine: 'auto', workers: 0, services: [{ service, at }] }, reader.problems);
}

/** A seed that nobody outside can know, so that nobody can choose addresses that collide in a table. */
export function newTableSeed(random: Random): number {
  return Math.floor(random() * 2 ** 32);
}

function isPool(value: unknown): value is Pool {
  return value instanceof Pool;
}

function isEmitter(value: unknown): value is FactEmitter<ServiceEvents> {
  const { publish, on } = Object(value) as Partial<FactEmitter<ServiceEvents>>;
  return typeof publish === 'function' && typeof on === 'function';
}
