import type { Engine } from '../engine/engine.ts';
import { engineKinds, engineRefusal } from '../engine/select-engine.ts';
import { SharedEngine } from '../engine/shared-engine.ts';
import type { FactEmitter } from '../facts/fact-emitter.ts';
import { resolveHttpOptions, type HttpOptions } from '../http/http-options.ts';
import { isIpAddress } from '../model/address.ts';
import { nameRule, type OptionReader } from '../base/options.ts';
import { none } from '../persistence/none.ts';
import type { Persistence } from '../persistence/persistence.ts';
import {
  persistenceFrom,
  type PersistenceSpec,
  type TableOrigins,
} from '../persistence/persistence-specs.ts';
import { Pool } from '../pool/pool.ts';
import { resolvePoolOptions, unresolvePoolOptions, type PoolOptions } from '../pool/pool-options.ts';
import type { Random, Runtime } from '../runtime/runtime.ts';
import { readRuntime } from '../runtime/runtime-option.ts';
import { withSafeLog } from '../runtime/safe-log.ts';
import type { ServiceEvents } from '../facts/service-events.ts';
import type { EngineSource } from '../run/engine-lease.ts';
import { refuseSelfForwarding } from './self-forwarding.ts';
import { refuseTwins } from './server-twins.ts';
import { resolveTcpOptions, type TcpOptions } from '../tcp/tcp-options.ts';
import type { Carriage, ResolvedListenerOptions, ResolvedBaseListenerOptions } from '../run/run-options.ts';

/** What every listener has, whatever it carries. */
export interface BaseListenerOptions {
  /** For events, logs and the overview: 1 to 64 letters, digits, `.`, `_` or `-`. */
  readonly name: string;
  /** The IP address to listen on; `0.0.0.0` or `::` for all of this machine. @default '0.0.0.0' */
  readonly host?: string;
  /** 0 to 65535; 0 takes a free one, which `port` tells after the start. */
  readonly port: number;
  /** The real servers: a pool of its own, or the options of one. */
  readonly pool: Pool | PoolOptions;
  /** What returns a client to its server. @default { kind: 'none' } */
  readonly persistence?: Persistence | PersistenceSpec;
  /**
   * The I/O: an engine of its own by name, one shared with other listeners, or a live one, which the caller
   * closes.
   * @default 'auto'
   */
  readonly engine?: EngineSource;
  /** Clock, randomness and log. @default the system's */
  readonly runtime?: Runtime;
  /** Where facts go; a balancer passes its own to all its listeners. @default an emitter of its own */
  readonly facts?: FactEmitter<ServiceEvents>;
}

/** What TCP listeners of both modes have. */
export interface CommonListenerOptions extends BaseListenerOptions {
  /**
   * Client connections at once; further ones wait in the kernel's backlog. 1 to 1,000,000.
   * @default 40_000, as the appliance's connections per service
   */
  readonly maxSessions?: number;
  /** Connections that the kernel keeps waiting for accept. 1 to 65,535. @default 511, as Node.js */
  readonly backlog?: number;
  /**
   * Acknowledge TCP segments at once to senders that wait for it, where the engine can; ends the delayed-ACK
   * stall of DICOM toolkits.
   * @default true in tcp mode, false in http mode
   */
  readonly quickAck?: boolean;
}

/** A listener that relays bytes. */
export interface TcpListenerOptions extends CommonListenerOptions, TcpOptions {
  readonly mode: 'tcp';
}

/** A listener that understands HTTP/1.1. */
export interface HttpListenerOptions extends CommonListenerOptions, HttpOptions {
  readonly mode: 'http';
}

/** Options of a listener of either mode. */
export type ListenerOptions = TcpListenerOptions | HttpListenerOptions;

export const listenerDefaults = { host: '0.0.0.0', maxSessions: 40_000, backlog: 511 } as const;

/** Where a listener is bound, what it is called and how it remembers. */
export interface ListenerBasics {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly persistence: Persistence;
}

/**
 * Reads what listeners and services of configurations have in common.
 *
 * @param http whether strategies may read HTTP
 * @param tables persistence by table name, shared by all services of a configuration
 * @param origins where tables come from that are not new
 */
export function resolveBasics(
  reader: OptionReader,
  http: boolean,
  tables: Map<string, Persistence>,
  origins: TableOrigins,
): ListenerBasics {
  const host = reader.string('host', { default: listenerDefaults.host });
  if (typeof host === 'string' && !isIpAddress(host)) reader.problem('host', 'an IP address of this machine');
  const spec = reader.raw('persistence') ?? { kind: 'none' };
  const persistence = persistenceFrom(spec, reader.at('persistence'), reader.problems, tables, origins);
  if (!http && persistence?.strategies.some((strategy) => strategy.needs === 'http') === true) {
    reader.problem('persistence', "a strategy that works without HTTP, or mode 'http'");
  }
  return {
    name: reader.string('name', nameRule),
    host,
    port: reader.integer('port', { min: 0, max: 65535 }),
    persistence: persistence ?? none(),
  };
}

/** A seed that nobody outside can know, so that nobody can choose addresses that collide in a table. */
export function newTableSeed(random: Random): number {
  return Math.floor(random() * 2 ** 32);
}

/** Reads the options of a listener that is made on its own. */
export function resolveBaseListenerOptions(reader: OptionReader, http: boolean): ResolvedBaseListenerOptions {
  const pool = reader.raw('pool');
  if (reader.has('facts') && !isEmitter(reader.raw('facts'))) reader.problem('facts', 'a FactEmitter');
  const runtime = withSafeLog(readRuntime(reader));
  const basics = resolveBasics(reader, http, new Map(), { seed: newTableSeed(runtime.random) });
  const poolReader = reader.child('pool');
  const poolOptions = pool instanceof Pool ? undefined : resolvePoolOptions(poolReader);
  if (poolOptions !== undefined) poolReader.refuseUnknownKeys();
  const servers = pool instanceof Pool ? pool.toOptions().servers : poolOptions?.servers;
  refuseSelfForwarding(basics, servers ?? [], `${reader.at('pool')}.servers`, reader.problems);
  refuseTwins(servers ?? [], basics.port, `${reader.at('pool')}.servers`, reader.problems);
  const engine = readEngine(reader);
  // With a problem, the pool is never used: the caller throws.
  const usable = reader.problems.length === 0 && poolOptions !== undefined;
  return {
    ...basics,
    engine,
    runtime,
    pool:
      pool instanceof Pool
        ? pool
        : new Pool(usable ? unresolvePoolOptions(poolOptions) : { servers: [] }, runtime.random),
  };
}

export function readEngine(reader: OptionReader): EngineSource {
  const engine = reader.raw('engine');
  if (engine instanceof SharedEngine) return engine;
  if (isEngine(engine)) return engine;
  const kind = reader.oneOf('engine', engineKinds, { default: 'auto' as const });
  const refusal = engineRefusal(kind);
  if (refusal !== undefined) reader.problem('engine', refusal);
  return kind;
}

function isEngine(value: unknown): value is Engine {
  const { listen, connect, bindUdp, connectUdp, close } = Object(value) as Partial<Engine>;
  return [listen, connect, bindUdp, connectUdp, close].every((member) => typeof member === 'function');
}

function isEmitter(value: unknown): value is FactEmitter<ServiceEvents> {
  const { publish, on } = Object(value) as Partial<FactEmitter<ServiceEvents>>;
  return typeof publish === 'function' && typeof on === 'function';
}

export function resolveCarriage(reader: OptionReader, mode: 'tcp' | 'http'): Carriage {
  const { maxSessions, backlog } = listenerDefaults;
  return {
    maxSessions: reader.integer('maxSessions', { min: 1, max: 1_000_000, default: maxSessions }),
    backlog: reader.integer('backlog', { min: 1, max: 65_535, default: backlog }),
    quickAck: reader.boolean('quickAck', { default: mode === 'tcp' }),
    carrier:
      mode === 'http'
        ? { mode, options: resolveHttpOptions(reader) }
        : { mode, options: resolveTcpOptions(reader) },
  };
}

/** Reads the options of a listener, reporting every problem to the reader. */
export function resolveListenerOptions(reader: OptionReader): ResolvedListenerOptions {
  const mode = reader.oneOf('mode', ['tcp', 'http'], { hint: forUdp(reader.raw('mode')) });
  const service = resolveBaseListenerOptions(reader, mode === 'http');
  return Object.freeze({ ...service, ...resolveCarriage(reader, mode) });
}

function forUdp(mode: unknown): string {
  if (mode === 'udp') return '; UDP is the business of a SnatUdpForwarder';
  return mode === 'tcp+udp' ? "; both at once are a Balancer's, or a Listener and a SnatUdpForwarder" : '';
}
