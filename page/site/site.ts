import type { FileDifferences } from '../../src/control/file-comparison.ts';
import type { ListenerOverview, ServerOverview, ServiceStatus } from '../../src/listener/overview.ts';
import type { AdminState, Health, ProbeReport } from '../../src/model/server.ts';
import type { ServiceOverview } from '../../src/service/service-overview.ts';

/** What the server tells of everything, once a second and after each change. */
export interface WireOverview {
  /** The server's clock, wall-clock time in milliseconds since 1970. */
  readonly nowMs?: number;
  readonly atMs: number;
  readonly services: readonly ServiceOverview[];
  readonly file?: FileDifferences;
}

/** One server in one service, its listeners for TCP and UDP taken together. */
export interface Cell {
  readonly service: string;
  readonly server: string;
  readonly port: number;
  readonly adminState: AdminState;
  /** The worse one of TCP and UDP. */
  readonly health: Health;
  readonly ejected: boolean;
  readonly backup: boolean;
  readonly probe: ProbeReport | undefined;
  readonly sessions: number;
  /** Infinity for no limit. */
  readonly maxSessions: number;
  readonly sessionsTotal: number;
  readonly bytesFromServer: number;
}

export interface SiteService {
  readonly name: string;
  readonly mode: string;
  readonly status: ServiceStatus;
  readonly host: string;
  readonly port: number;
  readonly sessions: number;
  /** Entries of its stick tables. */
  readonly entries: number;
  readonly cells: readonly Cell[];
}

export interface SiteServer {
  readonly name: string;
  readonly host: string;
  readonly cells: readonly Cell[];
}

/** Services by servers, as the page shows them. */
export interface Site {
  readonly atMs: number;
  readonly services: readonly SiteService[];
  /** In the order in which services name them. */
  readonly servers: readonly SiteServer[];
  readonly file: FileDifferences | undefined;
}

export function readSite(overview: WireOverview): Site {
  const services = overview.services.map(readService);
  const servers = new Map<string, { name: string; host: string; cells: Cell[] }>();
  for (const { cells, name } of services) {
    const overviews = overview.services.find((each) => each.name === name)?.listeners[0]?.servers ?? [];
    for (const cell of cells) {
      const host = overviews.find((each) => each.name === cell.server)?.host ?? '';
      const server = servers.get(cell.server) ?? { name: cell.server, host, cells: [] };
      server.cells.push(cell);
      servers.set(cell.server, server);
    }
  }
  const { nowMs, atMs, file } = overview;
  return { atMs: nowMs ?? atMs, services, servers: [...servers.values()], file };
}

export function cellOf(service: SiteService, server: string): Cell | undefined {
  return service.cells.find((cell) => cell.server === server);
}

function readService({ name, mode, status, listeners }: ServiceOverview): SiteService {
  const [first] = listeners;
  const names = new Set(listeners.flatMap(({ servers }) => servers.map((server) => server.name)));
  return {
    ...{ name, mode, status, host: first?.host ?? '', port: first?.port ?? 0 },
    sessions: sum(listeners, ({ sessions }) => sessions),
    entries: sum(first?.tables ?? [], ({ entries }) => entries),
    cells: [...names].map((server) => readCell(name, server, listeners)),
  };
}

const healthByGravity: readonly Health[] = ['down', 'unknown', 'up'];

function readCell(service: string, server: string, listeners: readonly ListenerOverview[]): Cell {
  const parts = listeners.flatMap(({ servers }) => servers).filter(({ name }) => name === server);
  const worst = parts.reduce((a, b) => (gravity(b) < gravity(a) ? b : a));
  return {
    ...{ service, server, port: worst.port, backup: worst.backup },
    ...{ adminState: worst.adminState, health: worst.health, probe: worst.lastProbe },
    ejected: parts.some(({ ejected }) => ejected),
    sessions: sum(parts, ({ sessions }) => sessions),
    maxSessions: sum(parts, ({ maxSessions }) => readLimit(maxSessions)),
    sessionsTotal: sum(parts, ({ sessionsTotal }) => sessionsTotal),
    bytesFromServer: sum(parts, ({ bytesFromServer }) => bytesFromServer),
  };
}

function gravity({ health }: ServerOverview): number {
  return healthByGravity.indexOf(health);
}

/** JSON has no Infinity: it is the text. */
function readLimit(limit: number | string): number {
  return typeof limit === 'number' ? limit : Infinity;
}

export function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}
