import { describe, expect, it } from 'vitest';
import {
  admitsNewClients,
  admitsPersistentClients,
  availability,
  type Availability,
  type AvailabilityFacts,
} from '../../../src/model/availability.ts';
import { adminStates } from '../../../src/model/server.ts';

/** All 324 combinations of what availability is derived from. */
const combinations: readonly AvailabilityFacts[] = adminStates.flatMap((adminState) =>
  (['up', 'down', 'unknown'] as const).flatMap((health) =>
    [false, true].flatMap((ejected) =>
      [0, 1, 256].flatMap((weight) =>
        [0, 9, 10, 11].flatMap((sessions) =>
          [10, Infinity, 12].map((maxSessions) => ({
            adminState,
            health,
            ejected,
            weight,
            sessions,
            maxSessions,
          })),
        ),
      ),
    ),
  ),
);

/** The table of the documentation, row by row; the first row that fits decides. */
function byTable(server: AvailabilityFacts): Availability {
  const rows: readonly [boolean, Availability][] = [
    [server.adminState === 'halt', 'unavailable'],
    [server.health === 'down', 'unavailable'],
    [server.ejected, 'unavailable'],
    [server.sessions >= server.maxSessions, 'full'],
    [server.adminState === 'drain', 'persistent-only'],
    [server.weight === 0, 'persistent-only'],
    [true, 'available'],
  ];
  return rows.find(([fits]) => fits)![1];
}

describe('availability', () => {
  it('follows its table in every combination', () => {
    expect(combinations).toHaveLength(3 * 3 * 2 * 3 * 4 * 3);
    for (const server of combinations)
      expect([server, availability(server)]).toEqual([server, byTable(server)]);
  });

  it('has every outcome among them', () => {
    expect(new Set(combinations.map(availability))).toEqual(
      new Set(['available', 'persistent-only', 'full', 'unavailable']),
    );
  });

  it('agrees with what pickers and persistence ask', () => {
    for (const server of combinations) {
      const found = availability(server);
      expect(admitsPersistentClients(server)).toBe(found === 'available' || found === 'persistent-only');
      // Room is the picker's own question.
      const withRoom = availability({ ...server, sessions: 0, maxSessions: 1 });
      expect(admitsNewClients(server)).toBe(withRoom === 'available');
    }
  });
});
