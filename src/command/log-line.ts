import { formatDuration } from '../base/quantities.ts';
import type { Missed } from '../control/bounded-feed.ts';
import type { AccessRecord } from '../records/access-record.ts';
import { describeEnding } from '../records/ending.ts';
import type { EventEntry, LogEntry } from '../records/log-entry.ts';
import { syslogTime } from '../runtime/log-time.ts';
import { formatBytes } from './format.ts';

/** What happened, as one line for people. Nothing in it is obeyed by a terminal. */
export function logLine(entry: LogEntry | Missed): string {
  return inWords(entry).replaceAll(/\p{Cc}/gu, '?');
}

function inWords(entry: LogEntry | Missed): string {
  if (!('kind' in entry)) return `… ${entry.dropped} entries are missing: this reader was too slow`;
  if (entry.kind === 'access') return `${syslogTime(entry.record.atMs)}  ${accessInWords(entry.record)}`;
  return `${syslogTime(entry.atMs)}  ${entry.kind === 'event' ? eventInWords(entry) : entry.message}`;
}

/** Events that change no state have no sentence: their fields are told. */
function eventInWords({
  kind: _kind,
  event,
  message,
  level: _level,
  atMs: _atMs,
  ...fields
}: EventEntry): string {
  if (message !== event) return message;
  const { service, ...others } = fields;
  const words = Object.entries(others).map(([name, value]) => `${name} ${textOf(value)}`);
  return [`${service ?? 'all services'}: ${event}`, ...words].join(', ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function accessInWords(record: AccessRecord): string {
  const { service, client, server = 'no server', pick, key, method = '', path = '', status } = record;
  const why = key === undefined ? pick : `${pick} by ${key}`;
  const asked = method === '' ? [] : [`${method} ${path}`.trim()];
  const words = [
    `${service}: ${client} → ${server} (${why})`,
    ...asked,
    ...(status === undefined ? [] : [`status ${status}`]),
    formatDuration(record.totalMs, 2),
    `${formatBytes(record.bytesFromClient)} in`,
    `${formatBytes(record.bytesFromServer)} out`,
    `ended ${describeEnding(record.ending)} [${record.ending}]`,
  ];
  return words.join(', ');
}
