import type { ControlOverview } from '../../control/file-comparison.ts';
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

/** Behind the name of what runs otherwise than the file says. */
const differenceMark = ' *';

type Cells = Readonly<Record<ColumnName, string>>;

const leftAligned: readonly ColumnName[] = ['service', 'address', 'state', 'last probe'];

/** The System Overview as a table: one row a service and protocol, one a server below it. */
export function overviewTable(
  overview: ControlOverview,
  columns: readonly ColumnName[] = columnNames,
): string {
  const { differences = [] } = overview.file ?? {};
  const differs = new Set(differences.map(({ service, server }) => subjectOf(service, server)));
  const mark = (service: string, server?: string): string => {
    return differs.has(subjectOf(service, server)) ? differenceMark : '';
  };
  const rows = overview.services.flatMap((service) =>
    service.listeners.flatMap((listener) => [
      listenerRow(service, listener, mark(service.name)),
      ...listener.servers.map((server) => serverRow(server, mark(service.name, server.name))),
    ]),
  );
  const cells = rows.map((row) => columns.map((column) => row[column]));
  return plainTable(
    columns,
    cells,
    columns.filter((column) => !leftAligned.includes(column)),
  );
}

/** Names have no spaces. */
function subjectOf(service = '', server = ''): string {
  return `${service} ${server}`;
}

function listenerRow(service: ServiceOverview, listener: ListenerOverview, mark: string): Cells {
  const { protocol, host, port, status, sessions, sessionsTotal, queued } = listener;
  return {
    service: `${service.name} (${protocol})${mark}`,
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

function serverRow(server: ServerOverview, mark: string): Cells {
  return {
    service: `  ${server.name}${mark}`,
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
