import Table from 'cli-table3';
import type { ListenerOverview, Overview, ServerOverview, ServiceOverview } from 'sluice';

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
  const table = new Table({
    head: [...columns],
    style: { head: [], border: [] },
    colAligns: columns.map((column) => (leftAligned.includes(column) ? 'left' : 'right')),
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  for (const service of overview.services) {
    for (const listener of service.listeners) {
      const rows = [listenerRow(service, listener), ...listener.servers.map(serverRow)];
      for (const cells of rows) table.push(columns.map((column) => cells[column]));
    }
  }
  return table.toString();
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

function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1]}`;
}
