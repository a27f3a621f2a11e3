import type { Engine } from '../../../src/engine/engine.ts';
import type { HealthObserver, WatchContext } from '../../../src/health/health-watch.ts';
import type { Probe, ProbeContext, ProbeResult, ProbeSubject } from '../../../src/health/probe.ts';
import type { ProbeReport } from '../../../src/model/server.ts';
import type { Clock, Timer } from '../../../src/runtime/runtime.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';

export const subject: ProbeSubject = {
  service: 'DICOM',
  serviceHost: '192.168.85.150',
  servicePort: 104,
  server: 'INF_PACS1',
  host: '192.168.85.200',
  port: 104,
};

export const good: ProbeResult = { ok: true, code: 'connected', reason: 'Fine' };
export const bad: ProbeResult = { ok: false, code: 'refused', reason: 'Refused' };

/** A probe that does what the test says, and notes when. */
export class FakeProbe implements Probe {
  readonly kind = 'fake';
  readonly startsMs: number[] = [];
  readonly signals: AbortSignal[] = [];
  behave: (context: ProbeContext) => Promise<ProbeResult> = async () => good;

  check(_subject: ProbeSubject, context: ProbeContext): Promise<ProbeResult> {
    this.startsMs.push(context.runtime.clock.nowMs());
    this.signals.push(context.signal);
    return this.behave(context);
  }
}

/** Never returns, or only when it is aborted. */
export function hang({ signal }: ProbeContext): Promise<ProbeResult> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(bad)));
}

/** Notes all that it is told. */
export class RecordingObserver implements HealthObserver {
  readonly reports: ProbeReport[] = [];
  readonly changes: string[] = [];

  get codes(): string[] {
    return this.reports.map(({ code }) => code);
  }

  onProbe(report: ProbeReport): void {
    this.reports.push(report);
  }

  onHealth(current: 'up' | 'down', report: ProbeReport): void {
    this.changes.push(`${current} by ${report.code}`);
  }
}

/** A clock of a process that can be suspended: time goes on, timers do not fire. */
export class SuspendableClock implements Clock {
  readonly virtual = new VirtualClock();
  #suspendedMs = 0;

  nowMs(): number {
    return this.virtual.nowMs() + this.#suspendedMs;
  }

  wallMs(): number {
    return this.virtual.wallMs() + this.#suspendedMs;
  }

  schedule(delayMs: number, callback: () => void): Timer {
    return this.virtual.schedule(delayMs, callback);
  }

  /** Every timer that is armed now fires this much too late. */
  suspend(ms: number): void {
    this.#suspendedMs += ms;
  }
}

export function contextOf(clock: Clock, random = 0, log: string[] = []): WatchContext {
  return {
    engine: { name: 'none' } as Engine,
    runtime: { clock, random: () => random, log: (level, message) => log.push(`${level}: ${message}`) },
  };
}
