import { availability, type Availability } from '../model/availability.ts';
import type { AdminState, Health, ProbeReport, Server } from '../model/server.ts';
import type { StickTable } from '../persistence/stick-table.ts';
import type { Pool } from '../pool/pool.ts';
import type { Protocol, RefusalReason } from '../facts/service-events.ts';
import type { DurationCounts, DurationKind } from '../path/durations.ts';
import type { TrafficCounters } from '../path/traffic-counters.ts';
import type { LifecycleState } from './lifecycle.ts';

/** One server as the System Overview shows it. */
export interface ServerOverview {
  readonly name: string;
  readonly host: string;
  /** Where this service's traffic goes; 0 while the service is stopped and inherits a port it does not know. */
  readonly port: number;
  readonly weight: number;
  readonly backup: boolean;
  readonly adminState: AdminState;
  readonly health: Health;
  readonly ejected: boolean;
  readonly availability: Availability;
  /** The last probe with its reason; undefined before the first, or without a check. */
  readonly lastProbe: ProbeReport | undefined;
  /** Probes that ended; those that this machine could not carry out are no failures. */
  readonly probesTotal: number;
  readonly probeFailuresTotal: number;
  /** How long all of them took together. */
  readonly probesTookMs: number;
  /** How often passive health took it out. */
  readonly ejectionsTotal: number;
  readonly sessions: number;
  /** Most sessions at once; Infinity for no limit. */
  readonly maxSessions: number;
  readonly sessionsTotal: number;
  readonly connectFailuresTotal: number;
  readonly bytesFromClients: number;
  readonly bytesFromServer: number;
}

/**
 * A listener, or a service, as a whole.
 *
 * - `up`: every server that is not a backup is available, or full
 * - `degraded`: some are, or only backups
 * - `down`: none is
 * - `stopped`: it does not listen
 */
export type ServiceStatus = 'up' | 'degraded' | 'down' | 'stopped';

/** How full a stick table is. */
export interface TableOverview {
  /** Those that have expired and were not swept yet included. */
  readonly entries: number;
  readonly maxEntries: number;
}

/** One listener as the System Overview shows it. */
export interface ListenerOverview {
  readonly protocol: Protocol;
  readonly host: string;
  /** The port really bound while started. */
  readonly port: number;
  readonly state: LifecycleState;
  readonly status: ServiceStatus;
  /** Client connections, or flows, now. */
  readonly sessions: number;
  /** Most client connections, or flows, at once. */
  readonly maxSessions: number;
  readonly sessionsTotal: number;
  readonly exchangesTotal: number;
  readonly refusedTotal: number;
  /** The same by reason. */
  readonly refusals: Readonly<Record<RefusalReason, number>>;
  readonly droppedTotal: number;
  /** Sessions that wait for a full server. */
  readonly queued: number;
  readonly maxQueued: number;
  readonly bytesFromClients: number;
  readonly bytesFromServers: number;
  /** How long things took, since somebody first asked for the balancer's metrics; undefined before. */
  readonly durations: Readonly<Record<DurationKind, DurationCounts>> | undefined;
  /** Those of its persistence, in order. Services that share a table show the same. */
  readonly tables: readonly TableOverview[];
  readonly servers: readonly ServerOverview[];
}

/** Where and how a listener stands, as far as an overview needs it. */
export type ListenerFacts = Pick<
  ListenerOverview,
  'protocol' | 'host' | 'port' | 'state' | 'maxSessions' | 'tables'
>;

export function describeListener(
  facts: ListenerFacts,
  pool: Pool,
  counters: TrafficCounters,
): ListenerOverview {
  const servers = pool.servers.map((server) => describeServer(server, pool));
  return {
    ...facts,
    status: facts.state === 'started' ? statusOf(servers) : 'stopped',
    sessions: counters.sessions,
    sessionsTotal: counters.sessionsTotal,
    exchangesTotal: counters.exchangesTotal,
    refusedTotal: counters.refusedTotal,
    refusals: { ...counters.refusals },
    droppedTotal: counters.droppedTotal,
    bytesFromClients: counters.bytesFromClients,
    bytesFromServers: counters.bytesFromServers,
    queued: pool.queued,
    maxQueued: pool.options.maxQueued,
    durations: counters.durations?.describe(),
    servers,
  };
}

export function describeTable({ size, options }: StickTable): TableOverview {
  return { entries: size, maxEntries: options.maxEntries };
}

/** The status of a whole from its parts' statuses. */
export function combineStatus(parts: readonly ServiceStatus[]): ServiceStatus {
  const [first] = parts;
  if (first === undefined) return 'stopped';
  return parts.every((part) => part === first) ? first : 'degraded';
}

function statusOf(servers: readonly ServerOverview[]): ServiceStatus {
  const serves = (server: ServerOverview): boolean => server.availability !== 'unavailable';
  const regular = servers.filter((server) => !server.backup);
  if (!servers.some(serves)) return 'down';
  return regular.length > 0 && regular.every(serves) ? 'up' : 'degraded';
}

function describeServer(server: Server, pool: Pool): ServerOverview {
  return {
    name: server.name,
    host: server.host,
    port: pool.portOf(server),
    weight: server.weight,
    backup: server.backup,
    adminState: server.adminState,
    health: server.health,
    ejected: server.ejected,
    availability: availability(server),
    lastProbe: server.lastProbe,
    probesTotal: server.probesTotal,
    probeFailuresTotal: server.probeFailuresTotal,
    probesTookMs: server.probesTookMs,
    ejectionsTotal: server.ejectionsTotal,
    sessions: server.sessions,
    maxSessions: server.maxSessions,
    sessionsTotal: server.sessionsTotal,
    connectFailuresTotal: server.connectFailuresTotal,
    bytesFromClients: server.bytesFromClients,
    bytesFromServer: server.bytesFromServer,
  };
}
