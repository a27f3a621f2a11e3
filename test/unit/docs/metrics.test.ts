import { beforeAll, describe, expect, it } from 'vitest';
import { Balancer, type ListenerOverview } from '../../../src/index.ts';
import { allMetrics, writeAll } from '../../../src/metrics/all-metrics.ts';
import type { MetricSink } from '../../../src/metrics/metric.ts';
import { codeOf, Page } from './markdown.ts';

const page = new Page('docs/metrics.md');
const rows = ['The process', 'Services', 'Durations', 'Servers']
  .flatMap((heading) => page.rowsOf(heading))
  .map(([name = '', type, labels = '', meaning]) => {
    return { name: codeOf(name)[0], type, labels: codeOf(labels), help: meaning };
  });

/** The names of the labels of each metric, of services of every mode. */
function labelsByMetric(): ReadonlyMap<string, readonly string[]> {
  const servers = [{ name: 'S', host: '192.0.2.1', maxSessions: 9 }];
  const common = { servers, host: '127.0.0.1', persistence: { kind: 'sourceIp' } } as const;
  const balancer = new Balancer({
    services: [
      { ...common, name: 'WEB', mode: 'http', port: 80 },
      { ...common, name: 'NAMES', mode: 'tcp+udp', port: 137 },
    ],
  });
  // Durations are measured once metrics are asked for.
  expect(balancer.metrics.text()).toContain('sluice_build_info');
  const found = new Map<string, Set<string>>();
  let name = '';
  const sink: MetricSink = {
    begin: (metric) => {
      name = metric.name;
      found.set(name, new Set());
    },
    add: (_suffix, labels) => {
      for (const label of Object.keys(labels.values)) found.get(name)!.add(label);
    },
  };
  const descriptors = { open: 1, limit: 2 };
  const eventLoop = { quantiles: [{ quantile: 0.5, seconds: 0 }], sumSeconds: 0, count: 1 };
  const facts = { engine: 'linux', startSeconds: 0, descriptors, eventLoop, recordsDropped: 0 };
  const services = balancer.overview().services.map((service) => {
    return { ...service, listeners: service.listeners.map(withProbes) };
  });
  writeAll(sink, facts, services);
  return new Map([...found].map(([metric, labels]) => [metric, [...labels]]));
}

/** As if each server had been checked. */
function withProbes(listener: ListenerOverview): ListenerOverview {
  return { ...listener, servers: listener.servers.map((server) => ({ ...server, probesTotal: 1 })) };
}

describe('docs/metrics.md', () => {
  let labels: ReadonlyMap<string, readonly string[]>;
  beforeAll(() => {
    labels = labelsByMetric();
  });

  it('has every metric as the code has it, in its order', () => {
    const metrics = allMetrics.map(({ name, type, help }) => {
      return { name, type, labels: labels.get(name), help };
    });
    expect(rows).toEqual(metrics);
  });

  it('names no other metric in its questions', () => {
    const named = page.text.match(/\bsluice_\w+/gu) ?? [];
    const known = allMetrics.flatMap(({ name }) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('names of metrics', () => {
  it('are unique, and by the conventions of Prometheus', () => {
    expect(new Set(allMetrics.map(({ name }) => name)).size).toBe(allMetrics.length);
    for (const { name, type } of allMetrics) {
      expect(name, 'is of this library').toMatch(/^sluice_[a-z_]+$/u);
      expect(name.endsWith('_total'), `${name} is a ${type}`).toBe(type === 'counter');
      expect(name, 'is in base units').not.toMatch(/_(ms|millis|milliseconds|minutes|kb|kib|percent)(_|$)/u);
    }
  });

  it('stay apart where OpenMetrics takes _total away', () => {
    const families = allMetrics.map(({ name }) => name.replace(/_total$/u, ''));
    expect(new Set(families).size).toBe(families.length);
  });
});
