import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HealthCheck } from '../../../src/health/health-check.ts';
import { HealthThresholds } from '../../../src/health/thresholds.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';
import { bad, contextOf, FakeProbe, good, RecordingObserver, subject } from '../../unit/health/fakes.ts';

const intervalMs = 100;

/** How one probe behaves: what it finds, after how long, and whether it ends when it is told to. */
const behaviour = fc.record({
  ok: fc.boolean(),
  latencyMs: fc.integer({ min: 0, max: 400 }),
  obeys: fc.boolean(),
});

it('overlaps only probes that do not obey, never more than two, and reports by the thresholds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(behaviour, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 20, max: 250 }),
      fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 5 }),
      async (behaviours, timeoutMs, wakesMs) => {
        const clock = new VirtualClock();
        const observer = new RecordingObserver();
        const probe = new FakeProbe();
        const running = new Set<symbol>();
        let most = 0;
        let mostObedient = 0;
        let obedient = 0;
        probe.behave = ({ signal }) => {
          const { ok, latencyMs, obeys } = behaviours[probe.startsMs.length % behaviours.length]!;
          const token = Symbol();
          running.add(token);
          if (obeys) obedient++;
          most = Math.max(most, running.size);
          mostObedient = Math.max(mostObedient, obedient);
          return new Promise((resolve) => {
            const end = (): void => {
              if (running.delete(token) && obeys) obedient--;
              resolve(ok ? good : bad);
            };
            clock.schedule(latencyMs, end);
            if (obeys) signal.addEventListener('abort', end);
          });
        };

        const check = new HealthCheck({ probe, intervalMs, timeoutMs, startJitterMs: 0 });
        const watch = check.watch(subject, contextOf(clock), observer);
        for (const wakeMs of wakesMs) clock.schedule(wakeMs, () => watch.wake());
        await clock.advance(3000);

        expect(most).toBeLessThanOrEqual(2);
        expect(mostObedient).toBeLessThanOrEqual(1);
        const thresholds = new HealthThresholds(2, 3);
        const changes = observer.reports.flatMap((report) => {
          const changed = thresholds.consume(report.ok);
          return changed === undefined ? [] : [`${changed} by ${report.code}`];
        });
        expect(observer.changes).toEqual(changes);
        expect(observer.reports.every(({ tookMs }) => tookMs <= timeoutMs)).toBe(true);
        // Nothing stops the schedule: a report at least every time limit or interval.
        expect(observer.reports.length).toBeGreaterThanOrEqual(
          Math.floor(3000 / Math.max(intervalMs, timeoutMs)),
        );

        watch.stop();
        const reported = observer.reports.length;
        await clock.advance(1000);
        expect(observer.reports).toHaveLength(reported);
        expect(clock.pending).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});
