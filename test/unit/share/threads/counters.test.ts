import { describe, expect, it } from 'vitest';
import { durationBoundsMs, Durations } from '../../../../src/path/durations.ts';
import { noRefusals, TrafficCounters } from '../../../../src/path/traffic-counters.ts';
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

describe('durations and refusals of a service', () => {
  it('are measured by all threads once one asks for them, and add up', () => {
    const memory = allocateCounters(2);
    const [first, second] = [new SharedCounters(memory, 2, 0), new SharedCounters(memory, 2, 1)];
    const all = new SharedCounters(memory, 2, undefined);
    const copy = new TrafficCounters();
    all.copyInto(copy);
    expect([first.traffic.durations, second.traffic.durations]).toEqual([undefined, undefined]);
    copy.durations = new Durations();
    all.copyInto(copy);
    first.traffic.durations!.add('connect', 3);
    second.traffic.durations!.add('connect', 4);
    second.traffic.durations!.add('queue', 3_600_000);
    expect(copy.durations.describe().connect.totalMs, 'is as of the last copy').toBe(0);
    all.copyInto(copy);
    const { connect, queue, session } = copy.durations.describe();
    expect([connect.totalMs, queue.totalMs, session.totalMs]).toEqual([7, 3_600_000, 0]);
    expect(connect.counts[durationBoundsMs.indexOf(5)]).toBe(2);
    expect(queue.counts.at(-1)).toBe(1);
    expect(all.traffic.durations, 'a thread without sessions measures nothing').toBeUndefined();
  });

  it('are counted apart from each other, and from everything else', () => {
    const memory = allocateCounters(2);
    const [first, second] = [new SharedCounters(memory, 2, 0), new SharedCounters(memory, 2, 1)];
    const all = new SharedCounters(memory, 2, undefined);
    const copy = new TrafficCounters();
    copy.durations = new Durations();
    all.copyInto(copy);
    first.traffic.refusals['no-server'] += 2;
    second.traffic.refusals.timeout += 1;
    second.traffic.refusals['no-server'] += 1;
    second.traffic.bytesFromServers += 9;
    for (const { traffic } of [first, second]) traffic.durations!.add('session', 0);
    all.clearRow(1);
    all.copyInto(copy);
    expect(copy.refusals).toEqual({ ...noRefusals(), 'no-server': 3, timeout: 1 });
    expect(copy).toMatchObject({ refusedTotal: 0, bytesFromServers: 9, exchangesTotal: 0 });
    expect(copy.durations.describe().session.counts[0]).toBe(2);
    expect(second.queued).toBe(0);
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
