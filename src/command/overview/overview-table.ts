import type { Overview } from '../../balancer/overview.ts';
import type { ListenerOverview, ServerOverview } from '../../listener/overview.ts';
import type { ServiceOverview } from '../../service/service-overview.ts';
import { formatBytes } from '../format.ts';
import { plainTable } from '../plain-table.ts';

export const columnNames = [
  'service',
  'address',
  'state',
  'sessions',
  'total',
  'queue',
  'from clients',
  'from servers',
  'last probe',
] as const;

export type ColumnName = (typeof columnNames)[number];

type Cells = Readonly<Record<ColumnName, string>>;

const leftAligned: readonly ColumnName[] = ['service', 'address', 'state', 'last probe'];

/** The System Overview as a table: one row a service and protocol, one a server below it. */
export function overviewTable(overview: Overview, columns: readonly ColumnName[] = columnNames): string {
  const rows = overview.services.flatMap((service) =>
    service.listeners.flatMap((listener) => [
      listenerRow(service, listener),
      ...listener.servers.map(serverRow),
    ]),
  );
  const cells = rows.map((row) => columns.map((column) => row[column]));
  return plainTable(
    columns,
    cells,
    columns.filter((column) => !leftAligned.includes(column)),
  );
}

function listenerRow(service: ServiceOverview, listener: ListenerOverview): Cells {
  const { protocol, host, port, status, sessions, sessionsTotal, queued } = listener;
  return {
    service: `${service.name} (${protocol})`,
    address: `${host}:${port}`,
    state: status,
    sessions: String(sessions),
    total: String(sessionsTotal),
    queue: String(queued),
    'from clients': formatBytes(listener.bytesFromClients),
    'from servers': formatBytes(listener.bytesFromServers),
    'last probe': '',
  };
}

function serverRow(server: ServerOverview): Cells {
  return {
    service: `  ${server.name}`,
    address: `${server.host}:${server.port}`,
    state: stateOf(server),
    sessions: String(server.sessions),
    total: String(server.sessionsTotal),
    queue: '',
    'from clients': formatBytes(server.bytesFromClients),
    'from servers': formatBytes(server.bytesFromServer),
    'last probe': server.lastProbe?.code ?? '',
  };
}

/** Admin state and health in one word each, as far as they differ from the usual. */
function stateOf(server: ServerOverview): string {
  const words = [server.adminState, server.health, ...(server.ejected ? ['ejected'] : [])];
  return words.filter((word) => word !== 'online').join(', ');
}
