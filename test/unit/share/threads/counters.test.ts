import { describe, expect, it } from 'vitest';
import { TrafficCounters } from '../../../../src/path/traffic-counters.ts';
import { allocateCounters, SharedCounters } from '../../../../src/share/threads/shared-counters.ts';
import { allocateServer, SharedServer } from '../../../../src/share/threads/shared-server.ts';

const options = { name: 's1', host: '192.0.2.1', maxSessions: 3 };

describe('the counters of a service', () => {
  it('are those of each thread, and sums for the one without sessions', () => {
    const memory = allocateCounters(3);
    const [first, second] = [new SharedCounters(memory, 3, 0), new SharedCounters(memory, 3, 2)];
    const all = new SharedCounters(memory, 3, undefined);
    first.traffic.sessions += 2;
    first.traffic.bytesFromClients += 2 ** 40;
    second.traffic.sessions += 1;
    second.traffic.bytesFromClients += 5;
    expect([first.traffic.sessions, second.traffic.sessions, all.traffic.sessions]).toEqual([2, 1, 3]);
    const copy = new TrafficCounters();
    all.copyInto(copy);
    expect(copy).toMatchObject({ sessions: 3, sessionsTotal: 0, bytesFromClients: 2 ** 40 + 5 });
  });

  it('forget what a dead thread held, and keep what it has counted', () => {
    const memory = allocateCounters(2);
    const [dead, all] = [new SharedCounters(memory, 2, 1), new SharedCounters(memory, 2, undefined)];
    dead.traffic.sessions += 2;
    dead.traffic.sessionsTotal += 7;
    dead.setQueued(3);
    dead.setHeld(true);
    dead.connections.take(10);
    expect(all.queued).toBe(3);
    expect(all.clearRow(1)).toBe(2);
    expect(all.traffic).toMatchObject({ sessions: 0, sessionsTotal: 7 });
    expect([all.queued, all.isHeldIn(1), all.connections.value]).toEqual([0, false, 0]);
  });
});

describe('a shared server', () => {
  it('has the sessions of all threads, and each thread its own totals', () => {
    const memory = allocateServer(2);
    const [first, second] = [
      new SharedServer(options, memory, 2, 0),
      new SharedServer(options, memory, 2, 1),
    ];
    const all = new SharedServer(options, memory, 2, undefined);
    expect([first.take(), second.take(), second.take(), first.take()]).toEqual([true, true, true, false]);
    second.bytesFromServer += 10;
    first.bytesFromServer += 1;
    first.connectFailuresTotal += 1;
    expect(all).toMatchObject({
      sessions: 3,
      sessionsTotal: 3,
      bytesFromServer: 11,
      connectFailuresTotal: 1,
    });
    expect([first.sessions, first.sessionsTotal, second.sessionsTotal]).toEqual([3, 1, 2]);
    all.clearRow(1);
    expect([first.sessions, all.sessionsTotal]).toEqual([1, 3]);
    first.giveBack();
    expect(all.sessions).toBe(0);
  });

  it('tells how a connect ended only where that is news to all threads', () => {
    const memory = allocateServer(2);
    const [first, second] = [
      new SharedServer(options, memory, 2, 0),
      new SharedServer(options, memory, 2, 1),
    ];
    expect(first.noteConnect(false)).toBe(false);
    expect(first.noteConnect(true)).toBe(true);
    expect([second.noteConnect(false), first.noteConnect(false)]).toEqual([true, false]);
  });
});
