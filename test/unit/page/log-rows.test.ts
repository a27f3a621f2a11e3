import { describe, expect, it } from 'vitest';
import type { AccessRecord } from '../../../src/records/access-record.ts';
import { everyRow, isShown, rowOf } from '../../../page/site/log-rows.ts';
import { english, eventOf, seoulTime } from './site-scene.ts';

const record = {
  ...{ protocol: 'tcp', service: 'DICOM', client: '192.0.2.7:1234', server: 'S1', pick: 'table', tries: 0 },
  ...{ atMs: seoulTime(11, 0), totalMs: 252_000, bytesFromClient: 5_000_000, bytesFromServer: 900 },
  ...{ ending: '--', status: undefined, method: undefined, path: undefined },
} as unknown as AccessRecord;

function told(changes: Partial<AccessRecord>): string {
  const row = rowOf({ kind: 'access', record: { ...record, ...changes } });
  return `${row!.kind}: ${english.write(row!.what)}`.replaceAll('\u202f', ' ');
}

describe('a line of the log', () => {
  it.each([
    [{}, 'session: Lasted 4 min 12 s; 5.0 MB to the server, 900 B to the client. Picked by table.'],
    [
      { tries: 1 },
      'session: Lasted 4 min 12 s; 5.0 MB to the server, 900 B to the client. Picked by table. After 1 server that could not be reached.',
    ],
    [
      { protocol: 'http', method: 'GET', path: '/a', status: 200, totalMs: 38, ending: '--NI' },
      'exchange: GET /a 200, 38 ms. Picked by table.',
    ],
    [
      { protocol: 'http', method: 'GET', path: '/a', status: 503, totalMs: 38, ending: 'SC--' },
      'exchange: GET /a 503, 38 ms. Picked by table. Ending SC--.',
    ],
  ] as const)('%j', (changes, said) => {
    expect(told(changes)).toBe(said);
  });

  it('stands at the end of what it tells, under the address without its port', () => {
    expect(rowOf({ kind: 'access', record })).toMatchObject({
      client: '192.0.2.7',
      atMs: seoulTime(11, 4, 12),
    });
  });

  it('is shown where it fits every part of the filter', () => {
    const session = rowOf({ kind: 'access', record })!;
    const change = rowOf(eventOf('serverEjected', 0, 'QUERY', 'S2', { forMs: 10_000 }))!;
    const shown = (filter: Partial<typeof everyRow>): readonly boolean[] =>
      [session, change].map((row) => isShown(row, english.write(row.what), { ...everyRow, ...filter }));
    expect(shown({})).toEqual([true, true]);
    expect(shown({ kind: 'changes' })).toEqual([false, true]);
    expect(shown({ kind: 'sessions' })).toEqual([true, false]);
    expect(shown({ service: 'DICOM' })).toEqual([true, false]);
    expect(shown({ server: 'S2' })).toEqual([false, true]);
    expect(shown({ text: ' EJECTED ' })).toEqual([false, true]);
    expect(shown({ text: '192.0.2.7', server: 'S2' })).toEqual([false, false]);
  });

  it('says nothing of events that change no state', () => {
    expect(rowOf(eventOf('serverHealthChanged', 0, 'DICOM', 'S1', { current: 'unknown' }))).toBeUndefined();
  });
});
