import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Between two looks. */
const resolutionMs = 20;

const quantiles = [0.5, 0.9, 0.99, 1] as const;

/** How late the event loop came to its timers. */
export interface DelayReport {
  /** Of the looks since the last report: so many of them found this delay, or less. NaN where there was no look. */
  readonly quantiles: readonly { readonly quantile: number; readonly seconds: number }[];
  /** Of all looks. */
  readonly sumSeconds: number;
  readonly count: number;
}

/** Looks how late the event loop of this thread is. Does not keep the process alive. */
export class EventLoopDelay {
  readonly #monitor = monitorEventLoopDelay({ resolution: resolutionMs });
  #sumSeconds = 0;
  #count = 0;

  /** The first report begins to look. */
  report(): DelayReport {
    const monitor = this.#monitor;
    monitor.enable();
    const { count } = monitor;
    const found = quantiles.map((quantile) => {
      const seconds = count === 0 ? NaN : delayOf(monitor.percentile(quantile * 100));
      return { quantile, seconds };
    });
    if (count > 0) this.#sumSeconds += count * delayOf(monitor.mean);
    this.#count += count;
    monitor.reset();
    return { quantiles: found, sumSeconds: this.#sumSeconds, count: this.#count };
  }

  /** Looks no more, until the next report. */
  stop(): void {
    this.#monitor.disable();
  }
}

/** Node.js tells the time from look to look, which is late by what exceeds the planned one. */
function delayOf(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - resolutionMs / 1e3);
}
