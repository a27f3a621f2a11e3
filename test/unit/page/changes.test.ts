import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../src/records/log-entry.ts';
import { changesOf } from '../../../page/site/changes.ts';
import { english, eventOf, seoulTime } from './site-scene.ts';

function told(entries: readonly LogEntry[], max = 10): readonly string[] {
  return changesOf(entries, max).map(({ by, sign, text }) => {
    return `${sign}, ${typeof by === 'string' ? by : english.write(by)}: ${english.write(text)}`;
  });
}

describe('the latest changes', () => {
  const reason = '192.0.2.10:104 refused the connection';
  const down = { previous: 'up', current: 'down', reason };

  it('are told newest first, once for all services of one cause', () => {
    const at = seoulTime(10, 42);
    expect(
      told([
        eventOf('serverHealthChanged', at, 'DICOM', 'S1', down),
        eventOf('serverHealthChanged', at + 900, 'QUERY', 'S1', down),
        eventOf('serverHealthChanged', at + 950, 'QUERY', 'S2', down),
        eventOf('serverAdminStateChanged', at + 60_000, 'DICOM', 'S3', {
          ...{ previous: 'online', current: 'drain', by: 'mkim (claimed by sluice drain)' },
        }),
      ]),
    ).toEqual([
      'drain, mkim: S3 was ordered to drain on DICOM.',
      'down, health check: S2 is down on QUERY: refuses connections.',
      'down, health check: S1 is down on 2 services: refuses connections.',
    ]);
  });

  it('keep apart what happened later, and what became something else', () => {
    const at = seoulTime(10, 42);
    const up = { previous: 'down', current: 'up', reason: 'accepted' };
    expect(
      told([
        eventOf('serverHealthChanged', at, 'DICOM', 'S1', down),
        eventOf('serverHealthChanged', at + 1_000, 'DICOM', 'S1', up),
        eventOf('serverHealthChanged', at + 30_000, 'DICOM', 'S1', down),
      ]).map((line) => line.slice(0, 4)),
    ).toEqual(['down', 'up, ', 'down']);
  });

  it('tell an order once: as the event of its server, or as itself', () => {
    const order = { kind: 'order', message: '', by: 'mkim', atMs: seoulTime(8, 14) } as const;
    expect(
      told([
        { ...order, order: 'apply' },
        { ...order, order: 'drain', server: 'S1' },
      ]),
    ).toEqual(['note, mkim: Another configuration was applied.']);
  });

  it('tell an order that the page does not know by its name', () => {
    const order = {
      kind: 'order',
      message: '',
      by: 'mkim',
      atMs: 0,
      order: 'new/order',
      service: 'DICOM',
    } as const;
    expect(told([order])).toEqual(['note, mkim: Ordered: new/order DICOM.']);
  });

  it('are as many as are wanted', () => {
    const entries = [1, 2, 3].map((n) => eventOf('serverAdded', seoulTime(9, n), 'DICOM', `S${n}`));
    expect(told(entries, 2)).toHaveLength(2);
  });
});
