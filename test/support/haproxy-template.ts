import type { AccessRecord } from '../../src/index.ts';
import { haproxyTime, syslogTime } from '../../src/runtime/log-time.ts';

/** A line of HAProxy's log as a template: what `HaproxyLines` writes byte by byte. */
export function haproxyTemplate(
  record: AccessRecord,
  { host, processId }: { readonly host: string; readonly processId: number },
): string {
  const { atMs, totalMs, service, server = '<NOSRV>', protocol } = record;
  const header = `${syslogTime(atMs)} ${host} sluice[${processId}]:`;
  const client = record.client.replace(/^\[(.*)\]/u, '$1');
  const rest = protocol === 'http' ? exchangeFields(record) : sessionFields(record);
  return `${header} ${client} [${haproxyTime(atMs - totalMs)}] ${service} ${service}/${server} ${rest}`;
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

function times(...phases: readonly (number | undefined)[]): string {
  return phases.map((ms) => (ms === undefined ? -1 : Math.round(ms))).join('/');
}

function counts({ sessions, serverSessions, tries }: AccessRecord): string {
  const retries = tries === 0 ? '0' : `+${tries}`;
  return `${sessions}/${sessions}/${sessions}/${serverSessions}/${retries} 0/0`;
}

function requestOf({ method = '', path, query }: AccessRecord): string {
  if (method === '') return '<BADREQ>';
  const asked = (path ?? '-') + (query === undefined ? '' : `?${query}`);
  return `${escaped(method)} ${escaped(asked)} HTTP/1.1`;
}

function escaped(text: string): string {
  return text.replaceAll(/[^ !$-~]/gu, (sign) => {
    return `#${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}
