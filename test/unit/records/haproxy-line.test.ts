import { describe, expect, it } from 'vitest';
import { HaproxyLines } from '../../../src/records/haproxy-line.ts';
import { haproxyTime, isoTime, syslogTime } from '../../../src/runtime/log-time.ts';
import type { AccessRecord } from '../../../src/index.ts';
import { accessRecord, lineOf } from '../../support/access-records.ts';

const format = new HaproxyLines({ host: 'gateway', processId: 14_389 });
const haproxyLine = (record: AccessRecord): string => lineOf(format, record);
/** What comes before it depends on the zone. */
function fieldsOf(line: string): string {
  return line.slice(line.indexOf('] ') + 2);
}

describe('a line of HAProxy', () => {
  it('has the fields of an exchange', () => {
    const line = haproxyLine(accessRecord({ path: '/index.html' }));
    expect(line).toMatch(
      /^Feb {2}6 \d\d:14:14 gateway sluice\[14389\]: 10\.0\.1\.2:33317 \[06\/Feb\/2009:\d\d:14:14\.655\] /u,
    );
    expect(fieldsOf(line)).toBe(
      'Web Web/PACS1 0/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /index.html HTTP/1.1"',
    );
  });

  it('has the fields of a session', () => {
    const line = haproxyLine(accessRecord({ protocol: 'tcp', ending: 'SD', tries: 3 }));
    expect(fieldsOf(line)).toBe('Web Web/PACS1 0/30/109 2750 SD 1/1/1/1/+3 0/0');
  });

  it('says what was not reached', () => {
    const nothing = { server: undefined, connectMs: undefined, firstByteMs: undefined, serverSessions: 0 };
    const refused = accessRecord({ ...nothing, ending: 'SC--', status: 503, path: '/' });
    expect(fieldsOf(haproxyLine(refused))).toMatch(/^Web Web\/<NOSRV> 0\/0\/-1\/-1\/109 503 /u);
    const unread = accessRecord({ ...nothing, ending: 'PR--', status: 400, method: '' });
    expect(fieldsOf(haproxyLine(unread))).toMatch(/<NOSRV> -1\/-1\/-1\/-1\/109 400 .* "<BADREQ>"$/u);
    expect(fieldsOf(haproxyLine(accessRecord({ status: 0 })))).toContain(' -1 2750 ');
  });

  it('writes a query where it is told, and a dash for a path that is not', () => {
    expect(haproxyLine(accessRecord({ path: '/a', query: 'b=1' }))).toContain('"GET /a?b=1 HTTP/1.1"');
    expect(haproxyLine(accessRecord())).toContain('"GET - HTTP/1.1"');
  });

  it('has the second of its whole millisecond, though the rest is nearly the next one', () => {
    const line = haproxyLine(accessRecord({ atMs: 0, totalMs: Number.MIN_VALUE }));
    expect(line).toMatch(/:59\.999\] /u);
  });

  it('escapes what would end the field or move the cursor', () => {
    const line = haproxyLine(accessRecord({ path: '/"#\u001b[2J\u007f' }));
    expect(line).toContain('"GET /#22#23#1B[2J#7F HTTP/1.1"');
  });

  it('writes IPv6 addresses as HAProxy does', () => {
    expect(haproxyLine(accessRecord({ client: '[2001:db8::1]:50000' }))).toContain(' 2001:db8::1:50000 ');
  });
});

it('times are of this zone, or of none', () => {
  const at = new Date(2009, 1, 6, 2, 4, 5, 67).getTime();
  expect(syslogTime(at)).toBe('Feb  6 02:04:05');
  expect(haproxyTime(at)).toBe('06/Feb/2009:02:04:05.067');
  expect(isoTime(0)).toBe('1970-01-01T00:00:00.000Z');
});
