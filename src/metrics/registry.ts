import { allMetrics } from './all-metrics.ts';
import type { Labels, Metric, MetricSink, SampleSuffix } from './metric.ts';

/** What is needed of a registry of `prom-client` 15, or of its successor `@prometheus-io/client`. */
export interface MetricRegistry {
  /** @throws Error where it has a metric of that name */
  registerMetric(metric: RegistryMetric): void;
}

/**
 * A metric as such a registry wants it. A registry also reads `name`, `help`, `type` and `aggregator`, which the types of
 * `prom-client` 15 do not state.
 */
export interface RegistryMetric {
  get(): Promise<unknown>;
  reset(): void;
}

/** A sample as such a registry wants it. */
interface RegistryValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly metricName?: string;
}

/** Adds every metric to a registry. Those that are asked for in one turn of the event loop are of one moment. */
export function registerAll(registry: MetricRegistry, write: (sink: MetricSink) => void): void {
  let samples: RegistrySamples | undefined = undefined;
  const read = (): RegistrySamples => {
    if (samples !== undefined) return samples;
    const fresh = new RegistrySamples();
    write(fresh);
    samples = fresh;
    queueMicrotask(() => {
      samples = undefined;
    });
    return fresh;
  };
  for (const metric of allMetrics) registry.registerMetric(new RegisteredMetric(metric, read));
}

class RegisteredMetric implements RegistryMetric {
  /** A registry that writes OpenMetrics takes `_total` away. */
  name: string;
  readonly help: string;
  readonly type: Metric['type'];
  /** How a registry of several processes joins their metrics. */
  readonly aggregator = 'sum';
  readonly #metric: Metric;
  readonly #read: () => RegistrySamples;

  constructor(metric: Metric, read: () => RegistrySamples) {
    this.name = metric.name;
    this.help = metric.help;
    this.type = metric.type;
    this.#metric = metric;
    this.#read = read;
  }

  get(): Promise<unknown> {
    const { name, help, type, aggregator } = this;
    const values = this.#read().of(this.#metric);
    return Promise.resolve({ name, help, type, aggregator, values });
  }

  // The numbers are the balancer's.
  reset(): void {}
}

/** All samples of one moment, by metric. */
class RegistrySamples implements MetricSink {
  readonly #byName = new Map<string, RegistryValue[]>();
  #name = '';
  #values: RegistryValue[] = [];

  begin({ name }: Metric): void {
    this.#name = name;
    this.#values = [];
    this.#byName.set(name, this.#values);
  }

  add(suffix: SampleSuffix, { values: labels }: Labels, value: number): void {
    this.#values.push(suffix === '' ? { value, labels } : { value, labels, metricName: this.#name + suffix });
  }

  of({ name }: Metric): readonly RegistryValue[] {
    return this.#byName.get(name) ?? [];
  }
}
