import type { AccessRecord } from '../../src/records/access-record.ts';
import type { LogEntry } from '../../src/records/log-entry.ts';
import { message, type Message } from '../text/message.ts';
import { formatBytes, formatDuration } from '../text/numbers.ts';
import { changesOf, orderText, type ChangeSign } from './changes.ts';
import { addressOf } from './consequences.ts';
import { namedBy } from './memory.ts';

export type LogKind = 'event' | 'order' | 'session' | 'exchange' | 'flow';

/** One line of the log as the page shows it. */
export interface LogRow {
  readonly atMs: number;
  readonly kind: LogKind;
  readonly sign: ChangeSign | undefined;
  readonly service: string;
  readonly client: string;
  readonly server: string;
  readonly what: Message;
}

/** What a reader wants to see. Empty texts for everything. */
export interface RowFilter {
  readonly text: string;
  readonly kind: '' | 'changes' | 'sessions';
  readonly service: string;
  readonly server: string;
}

export const everyRow: RowFilter = { text: '', kind: '', service: '', server: '' };

/** @returns undefined for an event that says nothing to a reader */
export function rowOf(entry: LogEntry): LogRow | undefined {
  if (entry.kind === 'access') return recordRow(entry.record);
  const { atMs, service = '', kind } = entry;
  const server = textOf(entry.server);
  if (kind === 'order') {
    const what = message('orderedBy', { by: namedBy(entry.by), text: orderText(entry) });
    return { atMs, kind, sign: 'note', service, client: '', server, what };
  }
  const [change] = changesOf([entry], 1);
  if (change === undefined) return undefined;
  const client = addressOf(textOf(entry.client));
  return { atMs, kind, sign: change.sign, service, client, server, what: change.text };
}

const kinds = { tcp: 'session', http: 'exchange', udp: 'flow' } as const;

function recordRow(record: AccessRecord): LogRow {
  const { atMs, totalMs, protocol, service, client, server = '' } = record;
  return {
    ...{ atMs: atMs + totalMs, kind: kinds[protocol], sign: undefined, service, server },
    client: addressOf(client),
    what: message('record', { how: endOf(record), rest: restOf(record) }),
  };
}

function endOf({ protocol, totalMs, pick, method, path, status, ...record }: AccessRecord): Message {
  const duration = formatDuration(totalMs);
  if (protocol === 'http')
    return message('recordExchange', {
      ...{ method: method ?? '', path: path ?? '', status: String(status ?? 0), duration, pick },
    });
  const toServer = formatBytes(record.bytesFromClient);
  const toClient = formatBytes(record.bytesFromServer);
  return message('recordSession', { duration, toServer, toClient, pick });
}

function restOf({ tries, ending }: AccessRecord): Message | string {
  const isGood = ending.startsWith('--');
  if (tries > 0) return message('recordTries', { tries });
  return isGood ? '' : message('recordEnding', { ending });
}

export function isShown(row: LogRow, written: string, { text, kind, service, server }: RowFilter): boolean {
  const isChange = row.kind === 'event' || row.kind === 'order';
  if (kind !== '' && isChange !== (kind === 'changes')) return false;
  if (service !== '' && row.service !== service) return false;
  if (server !== '' && row.server !== server) return false;
  const sought = text.trim().toLowerCase();
  if (sought === '') return true;
  return `${row.client} ${row.service} ${row.server} ${written}`.toLowerCase().includes(sought);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
