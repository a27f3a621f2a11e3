import { haproxyTime, syslogTime } from '../runtime/log-time.ts';
import type { AccessRecord } from './access-record.ts';

/** Who writes, for the header of a line. */
export interface Origin {
  /** This machine's name. */
  readonly host: string;
  readonly processId: number;
}

/**
 * A record as HAProxy logs it: `option httplog` for an exchange, `option tcplog` for a session, and for a flow as well
 * (HAProxy 2.6, configuration manual, sections 8.2.2 and 8.2.3). The header is the one that a syslog daemon writes, so
 * that `halog` finds its fields.
 */
export function haproxyLine(record: AccessRecord, { host, processId }: Origin): string {
  const header = `${syslogTime(record.atMs)} ${host} sluice[${processId}]:`;
  const began = haproxyTime(record.atMs - record.totalMs);
  const { service } = record;
  const place = `${service} ${service}/${record.server ?? '<NOSRV>'}`;
  const rest = record.protocol === 'http' ? exchangeFields(record) : sessionFields(record);
  return `${header} ${clientOf(record)} [${began}] ${place} ${rest}`;
}

function sessionFields(record: AccessRecord): string {
  const { waitMs, connectMs, totalMs, bytesFromServer, ending } = record;
  return `${times(waitMs, connectMs, totalMs)} ${bytesFromServer} ${ending} ${counts(record)}`;
}

function exchangeFields(record: AccessRecord): string {
  const { waitMs, connectMs, firstByteMs, totalMs, status, bytesFromServer, ending } = record;
  const isUnread = ending.charAt(1) === 'R' && !ending.startsWith('L');
  const [requestMs, queueMs] = isUnread ? [undefined, undefined] : [0, waitMs];
  const phases = times(requestMs, queueMs, connectMs, firstByteMs, totalMs);
  const statusText = status === undefined || status === 0 ? -1 : status;
  return `${phases} ${statusText} ${bytesFromServer} - - ${ending} ${counts(record)} "${requestOf(record)}"`;
}

/** Whole milliseconds; -1 for a phase that was not reached. */
function times(...phases: readonly (number | undefined)[]): string {
  return phases.map((ms) => (ms === undefined ? -1 : Math.round(ms))).join('/');
}

/** Connections of process, service and server, and tries; `+` says that the last one was on another server. */
function counts({ sessions, serverSessions, tries }: AccessRecord): string {
  const retries = tries === 0 ? '0' : `+${tries}`;
  return `${sessions}/${sessions}/${sessions}/${serverSessions}/${retries} 0/0`;
}

function requestOf({ method = '', path, query }: AccessRecord): string {
  if (method === '') return '<BADREQ>';
  const asked = (path ?? '-') + (query === undefined ? '' : `?${query}`);
  return `${escaped(method)} ${escaped(asked)} HTTP/1.1`;
}

/** What would end the field, and what a terminal might obey, as HAProxy writes it: `#22`. */
function escaped(text: string): string {
  return text.replaceAll(/[^ !$-~]/gu, (sign) => {
    return `#${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

/** HAProxy writes IPv6 addresses without brackets. */
function clientOf({ client }: AccessRecord): string {
  return client.replace(/^\[(.*)\]/u, '$1');
}
