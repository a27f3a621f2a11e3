import { isoTime } from '../runtime/log-time.ts';
import { levelOf, type AccessRecord } from './access-record.ts';

/**
 * A record as one JSON object, which begins with what people look for. What is undefined is left out. Written field by
 * field, which takes a fifth less time than `JSON.stringify`.
 */
export function jsonLine(record: AccessRecord): string {
  return (
    `{"time":"${isoTime(record.atMs)}","level":"${levelOf(record)}","atMs":${record.atMs}` +
    text('service', record.service) +
    text('protocol', record.protocol) +
    `,"sessionId":${record.sessionId}` +
    number('exchange', record.exchange) +
    text('client', record.client) +
    text('server', record.server) +
    text('pick', record.pick) +
    text('key', record.key) +
    `,"tries":${record.tries},"waitMs":${record.waitMs}` +
    number('connectMs', record.connectMs) +
    number('firstByteMs', record.firstByteMs) +
    `,"totalMs":${record.totalMs}` +
    `,"bytesFromClient":${record.bytesFromClient},"bytesFromServer":${record.bytesFromServer}` +
    text('method', record.method) +
    text('path', record.path) +
    text('query', record.query) +
    number('status', record.status) +
    text('ending', record.ending) +
    `,"sessions":${record.sessions},"serverSessions":${record.serverSessions}` +
    text('traceparent', record.traceparent) +
    text('traceId', record.traceId) +
    text('spanId', record.spanId) +
    '}'
  );
}

/** What a text of JSON may not have as it is; other characters are rare, and get the same care. */
const isUnusual = /[^ !#-[\]-~]/u;

function text(name: string, value: string | undefined): string {
  if (value === undefined) return '';
  return `,"${name}":${isUnusual.test(value) ? JSON.stringify(value) : `"${value}"`}`;
}

function number(name: string, value: number | undefined): string {
  return value === undefined ? '' : `,"${name}":${value}`;
}
