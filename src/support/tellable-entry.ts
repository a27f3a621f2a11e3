import type { LogEntry } from '../records/log-entry.ts';
import { isoTime } from '../runtime/log-time.ts';
import type { ClientNames } from './client-names.ts';
import { placesOf, withKnownTexts, type KnownTexts } from './known-texts.ts';

/** A client may send any method, and an own strategy has words of its own. */
const knownTexts: KnownTexts = new Map([
  ...placesOf('time', 'kind', 'event', 'order', 'level', 'service', 'server', 'client'),
  ...placesOf('protocol', 'host', 'previous', 'current', 'call', 'key', 'ending'),
  ['pick', /^(?:cookie|table|connection|balance|redispatch|fallback|none)$/u],
  ['method', /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE)$/u],
]);

interface LogFields {
  readonly atMs: number;
  readonly client?: string;
}

/** An entry of a log for strangers: clients have other names, and nothing is told that a client or a program wrote. */
export function tellableEntry(entry: LogEntry, clients: ClientNames): unknown {
  const fields: LogFields = entry.kind === 'access' ? entry.record : entry;
  const { atMs, client } = fields;
  const named = { time: isoTime(atMs), kind: entry.kind, ...fields, client: client && clients.of(client) };
  return withKnownTexts(named, knownTexts, undefined);
}
