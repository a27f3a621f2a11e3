import { describe, expect, it } from 'vitest';
import { logLine } from '../../../src/command/log-line.ts';
import { accessRecord } from '../../support/access-records.ts';

const time = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d {2}/u;

function lineOf(entry: Parameters<typeof logLine>[0]): string {
  const line = logLine(entry);
  expect(line).toMatch(time);
  return line.replace(time, '');
}

describe('a line of the log', () => {
  it('says of a session who went where, why, and how it ended', () => {
    const session = { protocol: 'tcp', service: 'DICOM', method: undefined, status: undefined } as const;
    const record = accessRecord({ ...session, pick: 'table', key: 'address', ending: 'CD' });
    expect(lineOf({ kind: 'access', record })).toBe(
      'DICOM: 10.0.1.2:33317 → PACS1 (table by address), 109ms, 120 B in, 2.7 KiB out,' +
        ' ended by the client, while data moved [CD]',
    );
  });

  it('says of an exchange what was asked', () => {
    const record = accessRecord({
      path: '/studies/*',
      server: undefined,
      pick: 'none',
      status: 503,
      ending: 'SC--',
    });
    const line = lineOf({ kind: 'access', record });
    expect(line).toContain('→ no server (none), GET /studies/*, status 503,');
    expect(line).toContain('by the server, or none was available, before a server was reached [SC--]');
  });

  it('tells changes and orders in their own words, and other events by their fields', () => {
    const event = { kind: 'event', level: 'info', atMs: 1 } as const;
    const message = 'DICOM: s1 was online, is drain, by alice (claimed by sluice drain)';
    expect(lineOf({ ...event, event: 'serverAdminStateChanged', message, by: 'alice' })).toBe(message);
    const order = {
      kind: 'order',
      order: 'apply',
      by: 'alice',
      message: 'order apply, by alice',
      atMs: 1,
    } as const;
    expect(lineOf(order)).toBe(order.message);
    const pick = {
      event: 'decisionMade',
      message: 'decisionMade',
      service: 'DICOM',
      server: 's1',
      tried: [],
    } as const;
    expect(lineOf({ ...event, ...pick })).toBe('DICOM: decisionMade, server s1, tried []');
  });

  it('says what is missing', () => {
    expect(logLine({ dropped: 12 })).toContain('12 entries are missing');
  });

  it('holds nothing that a terminal obeys', () => {
    const record = accessRecord({ method: 'GET\u001b[2J', path: '/\u0007\u009b' });
    expect(logLine({ kind: 'access', record })).toContain('GET?[2J /??');
  });
});
