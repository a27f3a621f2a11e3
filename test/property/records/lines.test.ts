import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AccessRecord } from '../../../src/index.ts';
import { levelOf } from '../../../src/records/access-record.ts';
import { HaproxyLines } from '../../../src/records/haproxy-line.ts';
import { JsonLines } from '../../../src/records/json-line.ts';
import { maskedPath } from '../../../src/records/masked-path.ts';
import { accessRecord, lineOf } from '../../support/access-records.ts';
import { haproxyTemplate } from '../../support/haproxy-template.ts';

const json = new JsonLines();
const origin = { host: 'gateway', processId: 1 };
const haproxy = new HaproxyLines(origin);

/** The fields that HAProxy's manual documents (sections 8.2.2 and 8.2.3), in order. */
const header = String.raw`^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ \S+\[\d+\]: (?<client>\S+):(?<port>\d+) `;
const place = String.raw`\[\d\d/[A-Z][a-z]{2}/\d{4}(?::\d\d){3}\.\d{3}\] (?<service>\S+) \S+/(?<server>\S+) `;
const counts = String.raw`\d+/\d+/\d+/\d+/\+?(?<retries>\d+) \d+/\d+`;
const ofSession = new RegExp(
  String.raw`${header}${place}(?<times>-?\d+(?:/-?\d+){2}) (?<bytes>\d+) (?<ending>\S\S) ${counts}$`,
  'u',
);
const ofExchange = new RegExp(
  String.raw`${header}${place}(?<times>-?\d+(?:/-?\d+){4}) (?<status>-1|\d{3}) (?<bytes>\d+) - - (?<ending>\S{4}) ${counts} "(?<request>[ !#-~]*)"$`,
  'u',
);

/** Microseconds, as records have them, and any other number. */
const times = fc.oneof(
  fc.nat(1e7).map((microseconds) => microseconds / 1_000),
  fc.nat(1e5),
  fc.double({ min: 0, max: 1e9, noNaN: true }),
);
const phase = fc.option(times, { nil: undefined });
const name = fc.stringMatching(/^[\w.-]{1,20}$/u);
const count = fc.nat();
const text = fc.string({ unit: 'binary', maxLength: 40 });
const common = {
  atMs: fc.integer({ min: 0, max: 4e12 }),
  service: name,
  server: fc.option(name, { nil: undefined }),
  client: fc.oneof(
    fc.ipV4().map((ip) => `${ip}:1`),
    fc.ipV6().map((ip) => `[${ip}]:65535`),
  ),
  tries: count,
  waitMs: times,
  connectMs: phase,
  totalMs: times,
  bytesFromServer: fc.maxSafeNat(),
  sessions: count,
  serverSessions: count,
};
const sessions = fc
  .record({ ...common, ending: fc.stringMatching(/^[-CcSsPLRIDK][-RQCHD]$/u) })
  .map((changes) => accessRecord({ ...changes, protocol: 'tcp' }));
const exchanges = fc
  .record({
    ...common,
    firstByteMs: phase,
    method: fc.oneof(fc.constant(''), fc.constant('GET'), text),
    status: fc.oneof(fc.constant(0), fc.integer({ min: 100, max: 599 })),
    path: fc.option(text, { nil: undefined }),
    query: fc.option(text, { nil: undefined }),
    ending: fc.stringMatching(/^[-CcSsPLRIDK][-RQCHD][-NVIDU][-NIU]$/u),
  })
  .map((changes) => accessRecord(changes as Partial<AccessRecord>));

/** The fields in the order in which lines have them. */
function inOrder(record: AccessRecord): Partial<AccessRecord> {
  const { atMs, service, protocol, sessionId, exchange, client, server, pick, key, tries } = record;
  const { waitMs, connectMs, firstByteMs, totalMs, bytesFromClient, bytesFromServer } = record;
  const {
    method,
    path,
    query,
    status,
    ending,
    sessions: all,
    serverSessions,
    traceparent,
    traceId,
    spanId,
  } = record;
  return {
    ...{ atMs, service, protocol, sessionId, exchange, client, server, pick, key, tries },
    ...{ waitMs, connectMs, firstByteMs, totalMs, bytesFromClient, bytesFromServer },
    ...{ method, path, query, status, ending, sessions: all, serverSessions, traceparent, traceId, spanId },
  };
}

function expectFields(form: RegExp, record: AccessRecord): void {
  const groups = form.exec(lineOf(haproxy, record))?.groups;
  expect(groups).toBeDefined();
  expect(groups).toMatchObject({
    service: record.service,
    server: record.server ?? '<NOSRV>',
    bytes: String(record.bytesFromServer),
    ending: record.ending,
    retries: String(record.tries),
  });
}

it('every session is a line of the documented form', () => {
  fc.assert(fc.property(sessions, (record) => expectFields(ofSession, record)));
});

it('every exchange is a line of the documented form, whatever the client asked for', () => {
  fc.assert(fc.property(exchanges, (record) => expectFields(ofExchange, record)));
});

it('every record is one line of JSON that says the same', () => {
  fc.assert(
    fc.property(fc.oneof(sessions, exchanges), (record) => {
      const line = lineOf(json, record);
      expect(line).not.toMatch(/[\r\n]/u);
      const time = new Date(record.atMs).toISOString();
      expect(line).toBe(JSON.stringify({ time, level: levelOf(record), ...inOrder(record) }));
    }),
  );
});

it('a line of HAProxy is byte for byte what its template says', () => {
  fc.assert(
    fc.property(fc.oneof(sessions, exchanges), (record) => {
      expect(lineOf(haproxy, record)).toBe(haproxyTemplate(record, origin));
    }),
  );
});

it('a masked path has no number of four digits, and as many segments as before', () => {
  fc.assert(
    fc.property(fc.webPath(), (path) => {
      const masked = maskedPath(path);
      expect(masked.split('/')).toHaveLength(path.split('/').length);
      for (const segment of masked.split('/')) expect(segment.replaceAll(/\D/gu, '').length).toBeLessThan(4);
    }),
  );
});
