import { describe, expect, it } from 'vitest';
import { secondLine, shownState, statesByGravity } from '../../../page/site/shown-state.ts';
import { english, eventOf, memoryOf, now, refused, seoulTime, siteOf } from './site-scene.ts';

const up = { health: 'up' } as const;
const down = { health: 'down', probe: refused } as const;
const unknown = { health: 'unknown' } as const;
const ejected = { health: 'up', ejected: true } as const;
const drain = { adminState: 'drain' } as const;
const halt = { adminState: 'halt' } as const;

const told = memoryOf(
  eventOf('serverHealthChanged', seoulTime(10, 42), 'DICOM', 'S1', { current: 'down' }),
  eventOf('serverEjected', seoulTime(11, 2, 48), 'DICOM', 'S1', { forMs: 60_000 }),
  eventOf('serverAdminStateChanged', seoulTime(10, 58), 'DICOM', 'S1', { previous: 'online', by: 'mkim' }),
);

describe('what is shown of a server in a service', () => {
  it.each([
    ['online, up', up, 'up', undefined],
    ['online, down', down, 'down', 'refuses connections since 10:42'],
    ['online, unknown', unknown, 'unknown', 'probing since 10:42'],
    ['online, up, ejected', ejected, 'ejected', 'connections to it failed; back 11:03:48'],
    ['drain, up', { ...drain, ...up }, 'drain', 'left of 96'],
    ['drain, up, empty', { ...drain, ...up, sessions: 0 }, 'drain', 'empty'],
    ['drain, down', { ...drain, ...down }, 'down', 'and drain ordered'],
    ['drain, unknown', { ...drain, ...unknown }, 'unknown', 'drain ordered; probing since 10:42'],
    [
      'drain, ejected',
      { ...drain, ...ejected },
      'ejected',
      'connections to it failed; back 11:03:48; drain ordered',
    ],
    ['halt, up', { ...halt, ...up }, 'halt', 'up, waits for you'],
    ['halt, down', { ...halt, ...down }, 'halt', 'and down'],
    ['halt, unknown', { ...halt, ...unknown }, 'halt', 'not probed yet'],
    ['halt, ejected', { ...halt, ...ejected }, 'halt', 'was ejected'],
    ['online, down, ejected', { ...down, ejected: true }, 'down', 'refuses connections since 10:42'],
    [
      'online, unknown, ejected',
      { ...unknown, ejected: true },
      'ejected',
      'connections to it failed; back 11:03:48',
    ],
  ] as const)('%s', (_, change, state, line) => {
    const [cell] = siteOf(['DICOM'], ['S1'], { 'DICOM/S1': change }).servers[0]!.cells;
    expect(shownState(cell!)).toBe(state);
    const said = secondLine(cell!, told.of('DICOM', 'S1'), now);
    expect(said === undefined ? undefined : english.write(said)).toBe(line);
  });

  it('claims no time that nobody told', () => {
    const lines = [down, unknown, ejected, { ...drain, ...up }].map((change) => {
      const [cell] = siteOf(['DICOM'], ['S1'], { 'DICOM/S1': change }).servers[0]!.cells;
      return english.write(secondLine(cell!, {}, now)!);
    });
    expect(lines).toEqual(['refuses connections', 'not probed yet', 'connections to it failed', 'left']);
  });

  it('has a rank for every state', () => {
    expect(new Set(statesByGravity).size).toBe(6);
  });
});
