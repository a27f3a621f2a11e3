import { expect, it } from 'vitest';
import { allMetrics } from '../../../src/metrics/all-metrics.ts';
import { Labels, type MetricSink } from '../../../src/metrics/metric.ts';
import { registerAll, type MetricRegistry } from '../../../src/metrics/registry.ts';

/** What the types of `prom-client` 15 say of a metric, such as its counter. */
interface PromCounter<T extends string> {
  inc(labels: Partial<Record<T, string | number>>, value?: number): void;
  get(): Promise<{ values: { value: number; labels: Partial<Record<T, string | number>> }[] }>;
  reset(): void;
}

/** What its registry makes of one. */
interface PromMetric {
  name: string;
  get(): Promise<unknown>;
  reset(): void;
}

interface PromValues {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly values?: readonly {
    readonly value: number;
    readonly metricName?: string;
    readonly labels?: Readonly<Record<string, string>>;
  }[];
}

/** A registry with the interface that `prom-client` 15 documents, and what it does with a metric. */
class PromRegistry {
  readonly #metrics = new Map<string, PromMetric>();
  readonly #isOpenMetrics: boolean;

  constructor(isOpenMetrics = false) {
    this.#isOpenMetrics = isOpenMetrics;
  }

  registerMetric<T extends string>(metric: PromCounter<T>): void {
    const registered = metric as unknown as PromMetric;
    if (this.#metrics.has(registered.name)) throw new Error(`${registered.name} is there already`);
    this.#metrics.set(registered.name, registered);
  }

  resetMetrics(): void {
    for (const metric of this.#metrics.values()) metric.reset();
  }

  async metrics(): Promise<string> {
    const asked = [...this.#metrics.values()].map((metric) => {
      if (this.#isOpenMetrics) metric.name = metric.name.replace(/_total$/u, '');
      return metric.get() as Promise<PromValues>;
    });
    return (await Promise.all(asked)).map((values) => this.#write(values)).join('\n');
  }

  #write({ name, help, type, values = [] }: PromValues): string {
    const suffix = this.#isOpenMetrics && type === 'counter' ? '_total' : '';
    const samples = values.map(({ metricName = name + suffix, labels = {}, value }) => {
      const pairs = Object.entries(labels).map(([label, of]) => `${label}="${of}"`);
      return `${metricName}{${pairs.join()}} ${value}`;
    });
    return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples].join('\n');
  }
}

const refusals = allMetrics.find(({ name }) => name === 'sluice_service_refusals_total')!;
const connects = allMetrics.find(({ name }) => name === 'sluice_service_connect_duration_seconds')!;

/** Writes how often it was asked. */
function writer(): (sink: MetricSink) => void {
  let asked = 0;
  return (sink) => {
    asked += 1;
    const labels = Labels.none.with('service', 'DICOM');
    sink.begin(refusals);
    sink.add('', labels.with('reason', 'timeout'), asked);
    sink.begin(connects);
    sink.add('_bucket', labels.with('le', '+Inf'), asked);
    sink.add('_sum', labels, 2.5);
    sink.add('_count', labels, asked);
  };
}

function linesOf(text: string, name: string): readonly string[] {
  return text.split('\n').filter((line) => line.includes(name));
}

it('a registry gets every metric, and reads all of one moment when it is scraped', async () => {
  const registry = new PromRegistry();
  // The types of a real registry fit as well.
  registerAll(registry satisfies MetricRegistry, writer());
  registry.resetMetrics();
  for (const asked of [1, 2]) {
    const text = await registry.metrics();
    expect(linesOf(text, '# HELP').map((line) => line.split(' ')[2])).toEqual(
      allMetrics.map(({ name }) => name),
    );
    expect(linesOf(text, refusals.name)).toEqual([
      `# HELP ${refusals.name} ${refusals.help}`,
      `# TYPE ${refusals.name} counter`,
      `${refusals.name}{service="DICOM",reason="timeout"} ${asked}`,
    ]);
    expect(linesOf(text, connects.name).slice(2)).toEqual([
      `${connects.name}_bucket{service="DICOM",le="+Inf"} ${asked}`,
      `${connects.name}_sum{service="DICOM"} 2.5`,
      `${connects.name}_count{service="DICOM"} ${asked}`,
    ]);
  }
});

it('a registry that writes OpenMetrics takes _total away, and puts it back', async () => {
  const registry = new PromRegistry(true);
  registerAll(registry, writer());
  const [help, , sample] = linesOf(await registry.metrics(), 'sluice_service_refusals');
  expect([help, sample]).toEqual([
    `# HELP sluice_service_refusals ${refusals.help}`,
    'sluice_service_refusals_total{service="DICOM",reason="timeout"} 1',
  ]);
});

it('a registry that has a metric of the same name says so', () => {
  const registry = new PromRegistry();
  registerAll(registry, writer());
  expect(() => {
    registerAll(registry, writer());
  }).toThrow('sluice_build_info is there already');
});
