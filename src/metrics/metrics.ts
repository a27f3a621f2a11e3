import { descriptorUse } from '../engine/budget/descriptor-limit.ts';
import { EventLoopDelay } from '../runtime/event-loop-delay.ts';
import type { ServiceOverview } from '../service/service-overview.ts';
import { writeAll } from './all-metrics.ts';
import { Exposition, expositionType } from './exposition.ts';
import type { MetricSink } from './metric.ts';
import { registerAll, type MetricRegistry } from './registry.ts';

/** For numbers that have grown since the last scrape. */
const spareBytes = 4_096;

/** Where numbers come from: a balancer. */
export interface MetricsSource {
  isStarted(): boolean;
  overview(): {
    readonly engine: string;
    readonly atMs: number;
    readonly services: readonly ServiceOverview[];
  };
}

/**
 * What a balancer counts, for Prometheus. Everything is read when it is asked for, and costs nothing in between, except
 * for durations and the event loop's delay.
 */
export class Metrics {
  readonly #source: MetricsSource;
  readonly #eventLoop = new EventLoopDelay();
  readonly #recordsDropped: (() => number)[] = [];
  /** Told once: what the clock says of it may change by a millisecond. */
  #startSeconds: number | undefined = undefined;
  /** The next text will be about as long as the last one. */
  #expectedBytes: number | undefined = undefined;

  /** @internal */
  constructor(source: MetricsSource) {
    this.#source = source;
  }

  /** All metrics now, in the exposition format of Prometheus, version 0.0.4. {@link metricsText} has its media type, too. */
  text(): string {
    return this.#expose().text;
  }

  /** The same in UTF-8. @internal */
  bytes(): Buffer {
    return this.#expose().bytes;
  }

  /**
   * Adds all metrics to a registry of `prom-client` 15, or of its successor `@prometheus-io/client`. It reads them when it is
   * scraped.
   *
   * @throws Error as the registry does, where it has a metric of the same name
   */
  collectInto(registry: MetricRegistry): void {
    registerAll(registry, (sink) => {
      this.#write(sink);
    });
  }

  /** For a writer of access records: tells how many were dropped so far, whenever that is read. */
  countDropped(read: () => number): void {
    this.#recordsDropped.push(read);
  }

  /** The balancer has stopped. @internal */
  stop(): void {
    this.#eventLoop.stop();
  }

  #expose(): Exposition {
    const exposition = new Exposition(this.#expectedBytes);
    this.#write(exposition);
    this.#expectedBytes = exposition.bytes.length + spareBytes;
    return exposition;
  }

  #write(sink: MetricSink): void {
    const { engine, atMs, services } = this.#source.overview();
    this.#startSeconds ??= atMs / 1e3 - process.uptime();
    const dropped = this.#recordsDropped.map((read) => read());
    const facts = {
      engine,
      startSeconds: this.#startSeconds,
      descriptors: descriptorUse(),
      eventLoop: this.#source.isStarted() ? this.#eventLoop.report() : undefined,
      recordsDropped: dropped.length === 0 ? undefined : dropped.reduce((sum, count) => sum + count),
    };
    writeAll(sink, facts, services);
  }
}

/** For a server of metrics: the body of an answer, and its media type. */
export function metricsText(balancer: { readonly metrics: Metrics }): {
  readonly contentType: string;
  readonly text: string;
} {
  return { contentType: expositionType, text: balancer.metrics.text() };
}
