import type { ServiceSession } from '../balancer/service-sessions.ts';
import { formatDuration } from '../base/quantities.ts';
import { formatBytes } from './format.ts';
import { plainTable } from './plain-table.ts';

/** Who is connected, as a table. */
export function sessionTable(sessions: readonly ServiceSession[]): string {
  if (sessions.length === 0) return 'Nobody is connected.';
  const rows = sessions.map(({ service, protocol, client, server, ...session }) => [
    ...[`${service} (${protocol})`, client, server ?? '', formatDuration(session.durationMs, 2)],
    ...[formatBytes(session.bytesFromClient), formatBytes(session.bytesFromServer)],
  ]);
  const head = ['service', 'client', 'server', 'since', 'from client', 'from server'];
  return plainTable(head, rows, ['since', 'from client', 'from server']);
}
