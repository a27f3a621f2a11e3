import Table from 'cli-table3';
import type { ListenerOverview, Overview, ServerOverview, ServiceOverview } from 'sluice';

/** The System Overview as a table: one row a service and protocol, one a server below it. */
export function overviewTable(overview: Overview): string {
  const table = new Table({
    head: [
      'service',
      'address',
      'state',
      'sessions',
      'total',
      'queue',
      'from clients',
      'from servers',
      'last probe',
    ],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'right', 'left'],
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  for (const service of overview.services) {
    for (const listener of service.listeners) {
      table.push(listenerRow(service, listener));
      for (const server of listener.servers) table.push(serverRow(server));
    }
  }
  return table.toString();
}

function listenerRow(service: ServiceOverview, listener: ListenerOverview): string[] {
  const { protocol, host, port, status, sessions, sessionsTotal, queued } = listener;
  const traffic = [formatBytes(listener.bytesFromClients), formatBytes(listener.bytesFromServers)];
  const counts = [sessions, sessionsTotal, queued].map(String);
  return [`${service.name} (${protocol})`, `${host}:${port}`, status, ...counts, ...traffic, ''];
}

function serverRow(server: ServerOverview): string[] {
  const traffic = [formatBytes(server.bytesFromClients), formatBytes(server.bytesFromServer)];
  const counts = [String(server.sessions), String(server.sessionsTotal), ''];
  const probe = server.lastProbe === undefined ? '' : server.lastProbe.code;
  return [`  ${server.name}`, `${server.host}:${server.port}`, stateOf(server), ...counts, ...traffic, probe];
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
