import { beforeEach, describe, expect, it } from 'vitest';
import { HealthCheck } from '../../../src/health/health-check.ts';
import type { HealthCheckOptions } from '../../../src/health/health-check-options.ts';
import type { ProbeResult } from '../../../src/health/probe.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';
import {
  bad,
  contextOf,
  FakeProbe,
  good,
  hang,
  RecordingObserver,
  subject,
  SuspendableClock,
} from './fakes.ts';

let clock: VirtualClock;
let probe: FakeProbe;
let observer: RecordingObserver;

beforeEach(() => {
  clock = new VirtualClock();
  probe = new FakeProbe();
  observer = new RecordingObserver();
});

/** Interval 1000 ms, fast 400, down 600, limit 300, rise 2, fall 3, no jitter. */
function check(options: Partial<HealthCheckOptions> = {}): HealthCheck {
  const schedule = { intervalMs: 1000, fastIntervalMs: 400, downIntervalMs: 600, timeoutMs: 300 };
  return new HealthCheck({ probe, ...schedule, startJitterMs: 0, ...options });
}

function answers(...results: ProbeResult[]): void {
  probe.behave = async () => results.shift() ?? good;
}

describe('the schedule', () => {
  it('begins at random within the jitter, but not later than the interval', async () => {
    check({ startJitterMs: 200 }).watch(subject, contextOf(clock, 0.5), observer);
    check({ startJitterMs: 5000 }).watch(subject, contextOf(clock, 0.9), observer);
    await clock.advance(950);
    expect(probe.startsMs).toEqual([100, 900]);
  });

  it('goes by the interval from start to start while all is well', async () => {
    probe.behave = async ({ runtime }) =>
      new Promise((resolve) => runtime.clock.schedule(250, () => resolve(good)));
    check().watch(subject, contextOf(clock), observer);
    await clock.advance(2300);
    expect(probe.startsMs).toEqual([0, 1000, 2000]);
    expect(observer.reports.map(({ tookMs }) => tookMs)).toEqual([250, 250, 250]);
    expect(observer.changes).toEqual(['up by connected']);
  });

  it('looks sooner while health turns, and by its own interval while down', async () => {
    answers(good, bad, bad, bad, bad, good, good);
    check().watch(subject, contextOf(clock), observer);
    await clock.advance(4400);
    expect(probe.startsMs).toEqual([0, 1000, 1400, 1800, 2400, 3000, 3400, 4400]);
    expect(observer.changes).toEqual(['up by connected', 'down by refused', 'up by connected']);
  });

  it('lets the first failure take a server down', async () => {
    answers(bad);
    check().watch(subject, contextOf(clock), observer);
    await clock.advance(0);
    expect(observer.changes).toEqual(['down by refused']);
  });

  it('tells when a probe ended, by the wall clock', async () => {
    check().watch(subject, contextOf(clock), observer);
    await clock.advance(1000);
    expect(observer.reports[1]).toEqual({ ...good, tookMs: 0, atMs: 1_700_000_001_000 });
  });

  it('never runs two probes of one server at once', async () => {
    let running = 0;
    let most = 0;
    probe.behave = ({ runtime }) => {
      most = Math.max(most, ++running);
      return new Promise((resolve) => {
        runtime.clock.schedule(1500, () => {
          running--;
          resolve(good);
        });
      });
    };
    check({ timeoutMs: 2000 }).watch(subject, contextOf(clock), observer);
    await clock.advance(4600);
    expect(probe.startsMs).toEqual([0, 1500, 3000, 4500]);
    expect(most).toBe(1);
  });

  it('watches many servers with one instance', async () => {
    const shared = check();
    const other = new RecordingObserver();
    answers(good, bad);
    shared.watch(subject, contextOf(clock), observer);
    shared.watch({ ...subject, server: 'INF_PACS2' }, contextOf(clock), other);
    await clock.advance(0);
    expect([observer.changes, other.changes]).toEqual([['up by connected'], ['down by refused']]);
  });
});

describe('the time limit', () => {
  it('aborts the signal and counts as a timeout, whatever the probe then says', async () => {
    probe.behave = ({ signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(good)));
    check().watch(subject, contextOf(clock), observer);
    await clock.advance(300);
    expect(probe.signals[0]?.aborted).toBe(true);
    expect(observer.reports[0]).toMatchObject({ ok: false, code: 'timeout', tookMs: 300 });
  });

  it('lets one probe that does not return run on beside the next, and no second one', async () => {
    const pending: ((result: ProbeResult) => void)[] = [];
    probe.behave = () => new Promise((resolve) => pending.push(resolve));
    check({ fall: 3 }).watch(subject, contextOf(clock), observer);
    await clock.advance(1900);
    expect(probe.startsMs).toEqual([0, 600]);
    expect(observer.codes).toEqual(['timeout', 'timeout', 'timeout', 'timeout']);
    pending[0]?.(good);
    answers(good, good);
    await clock.advance(1100);
    expect(probe.startsMs).toEqual([0, 600, 2400, 2800]);
    expect(observer.changes).toEqual(['down by timeout', 'up by connected']);
  });

  it('disarms its timer when the probe returns', async () => {
    check().watch(subject, contextOf(clock), observer);
    await clock.advance(0);
    expect(clock.pending).toBe(1);
  });
});

describe('a faulty probe', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('no such thing');
      },
      'no such thing',
    ],
    ['rejects', () => Promise.reject(new Error('broken')), 'broken'],
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what a careless one does
    ['rejects with a text', () => Promise.reject('just text'), 'just text'],
    ['returns nonsense', async () => 'up' as unknown as ProbeResult, 'returned no result'],
    ['returns nothing', async () => undefined as unknown as ProbeResult, 'returned no result'],
  ] as const)('that %s has failed', async (_what, behave, reason) => {
    probe.behave = behave;
    check().watch(subject, contextOf(clock), observer);
    await clock.advance(0);
    expect(observer.reports[0]).toMatchObject({ ok: false, code: 'probe-error' });
    expect(observer.reports[0]?.reason).toContain(reason);
    expect(observer.changes).toEqual(['down by probe-error']);
  });
});

describe('wake', () => {
  it('looks at once, and then goes on by the interval', async () => {
    const watch = check().watch(subject, contextOf(clock), observer);
    await clock.advance(500);
    watch.wake();
    await clock.advance(1000);
    expect(probe.startsMs).toEqual([0, 500, 1500]);
  });

  it('keeps probes 100 ms apart, however often it is called', async () => {
    const watch = check().watch(subject, contextOf(clock), observer);
    for (let ms = 0; ms < 350; ms++) {
      watch.wake();
      watch.wake();
      await clock.advance(1);
    }
    expect(probe.startsMs).toEqual([0, 100, 200, 300]);
  });

  it('does not put off a probe that is due sooner', async () => {
    const watch = check({ intervalMs: 50, timeoutMs: 20 }).watch(subject, contextOf(clock), observer);
    await clock.advance(10);
    watch.wake();
    await clock.advance(45);
    expect(probe.startsMs).toEqual([0, 50]);
  });

  it('does nothing while a probe is under way', async () => {
    probe.behave = hang;
    const watch = check().watch(subject, contextOf(clock), observer);
    await clock.advance(200);
    watch.wake();
    await clock.advance(50);
    expect(probe.startsMs).toEqual([0]);
  });

  it('may be called by the observer', async () => {
    const watch = check().watch(subject, contextOf(clock), {
      onProbe: () => undefined,
      onHealth: () => watch.wake(),
    });
    await clock.advance(150);
    expect(probe.startsMs).toEqual([0, 100]);
  });
});

describe('stop', () => {
  it('aborts the probe under way, and tells nothing more', async () => {
    probe.behave = hang;
    const watch = check().watch(subject, contextOf(clock), observer);
    await clock.advance(100);
    watch.stop();
    watch.stop();
    watch.wake();
    expect(probe.signals[0]?.aborted).toBe(true);
    await clock.advance(10_000);
    expect(observer.reports).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('leaves no timer behind between probes, nor before the first', async () => {
    const first = check({ startJitterMs: 1000 }).watch(subject, contextOf(clock, 0.9), observer);
    const second = check().watch(subject, contextOf(clock), observer);
    await clock.advance(100);
    first.stop();
    second.stop();
    expect(clock.pending).toBe(0);
    // The connection of a probe that has its result may still be closing.
    expect(probe.signals[0]?.aborted).toBe(true);
  });

  it('works for a probe that ignores its signal', async () => {
    probe.behave = () => new Promise(() => undefined);
    const watch = check().watch(subject, contextOf(clock), observer);
    await clock.advance(100);
    watch.stop();
    await clock.advance(0);
    expect(clock.pending).toBe(0);
  });

  it('may be called by the observer, which then hears no more of the same probe', async () => {
    const watch = check().watch(subject, contextOf(clock), {
      onProbe: () => watch.stop(),
      onHealth: (current) => observer.changes.push(current),
    });
    await clock.advance(5000);
    expect(observer.changes).toEqual([]);
    expect(probe.startsMs).toEqual([0]);
  });
});

it('goes on when an observer throws, and logs it', async () => {
  const log: string[] = [];
  check().watch(subject, contextOf(clock, 0, log), {
    onProbe: () => {
      throw new Error('oops');
    },
    onHealth: (current) => observer.changes.push(current),
  });
  await clock.advance(1000);
  expect(probe.startsMs).toEqual([0, 1000]);
  expect(observer.changes).toEqual(['up']);
  expect(log[0]).toBe('error: The health observer of INF_PACS1 (DICOM) threw: oops');
});

describe('a process that stands still', () => {
  it('does not blame the server for a timeout noticed late, and looks again soon', async () => {
    const suspendable = new SuspendableClock();
    check({ fall: 1 }).watch(subject, contextOf(suspendable), observer);
    await suspendable.virtual.advance(900);
    probe.behave = hang;
    await suspendable.virtual.advance(200);
    probe.behave = async () => good;
    suspendable.suspend(3000);
    await suspendable.virtual.advance(200);
    expect(observer.codes).toEqual(['connected', 'stalled', 'connected']);
    expect(observer.changes).toEqual(['up by connected']);
  });

  it('looks again by the fast interval, also while health is not in doubt', async () => {
    const suspendable = new SuspendableClock();
    check().watch(subject, contextOf(suspendable), observer);
    await suspendable.virtual.advance(900);
    probe.behave = hang;
    await suspendable.virtual.advance(200);
    suspendable.suspend(60);
    await suspendable.virtual.advance(300);
    expect(observer.codes).toEqual(['connected', 'stalled']);
    expect(probe.startsMs).toEqual([0, 1000, 1400]);
  });

  it('counts a timeout that is only a little late', async () => {
    const suspendable = new SuspendableClock();
    probe.behave = hang;
    check().watch(subject, contextOf(suspendable), observer);
    await suspendable.virtual.advance(100);
    suspendable.suspend(40);
    await suspendable.virtual.advance(200);
    expect(observer.codes).toEqual(['timeout']);
  });

  it('takes an answer that was waiting meanwhile', async () => {
    const suspendable = new SuspendableClock();
    probe.behave = ({ runtime }) => new Promise((resolve) => runtime.clock.schedule(10, () => resolve(good)));
    check().watch(subject, contextOf(suspendable), observer);
    await suspendable.virtual.advance(0);
    suspendable.suspend(3000);
    await suspendable.virtual.advance(10);
    expect(observer.reports[0]).toMatchObject({ ok: true, tookMs: 3010 });
  });

  it('is called overloaded when it is late again and again, so that silent servers still go down', async () => {
    const suspendable = new SuspendableClock();
    probe.behave = hang;
    check().watch(subject, contextOf(suspendable), observer);
    for (let i = 0; i < 4; i++) {
      await suspendable.virtual.advance(1);
      suspendable.suspend(3000);
      await suspendable.virtual.advance(300);
    }
    expect(observer.codes.slice(0, 4)).toEqual(['stalled', 'stalled', 'stalled', 'timeout']);
    expect(observer.changes).toEqual(['down by timeout']);
  });
});
