/** One line with a number. */
export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ReadMetric {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ReadSample[];
}

const nameForm = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const labelForm = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"';
const helpLine = new RegExp(`^# HELP (${nameForm}) (.*)$`, 'u');
const typeLine = new RegExp(`^# TYPE (${nameForm}) (counter|gauge|histogram|summary|untyped)$`, 'u');
const sampleLine = new RegExp(`^(${nameForm})(?:\\{(${labelForm}(?:,${labelForm})*)\\})? (\\S+)$`, 'u');
const numberForm = /^(?:NaN|[+-]Inf|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/u;

const suffixes: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

/**
 * Reads the exposition format of Prometheus, version 0.0.4, as its specification has it, and stricter where that allows what
 * nobody writes: no timestamps, no comments, no empty lines, HELP and TYPE before each metric.
 *
 * @throws Error with the line that is wrong
 */
export function readExposition(text: string): ReadonlyMap<string, ReadMetric> {
  const metrics = new Map<string, ReadMetric & { readonly samples: ReadSample[] }>();
  const series = new Set<string>();
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error('the last line does not end');
  let name = '';
  let help: string | undefined = undefined;
  for (const line of lines) {
    const [, helped, helpText] = helpLine.exec(line) ?? [];
    const [, typed, type] = typeLine.exec(line) ?? [];
    if (helped !== undefined) {
      if (help !== undefined || metrics.has(helped)) throw new Error(`out of place: ${line}`);
      name = helped;
      help = unescape(helpText!);
    } else if (typed !== undefined) {
      if (help === undefined || typed !== name) throw new Error(`out of place: ${line}`);
      metrics.set(name, { type: type!, help, samples: [] });
      help = undefined;
    } else {
      const metric = metrics.get(name);
      if (help !== undefined || metric === undefined) throw new Error(`out of place: ${line}`);
      const sample = readSample(line);
      const known = (suffixes[metric.type] ?? ['']).map((suffix) => name + suffix);
      if (!known.includes(sample.name)) throw new Error(`not of ${name}: ${line}`);
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
      if (series.has(key)) throw new Error(`twice: ${line}`);
      series.add(key);
      metric.samples.push(sample);
    }
  }
  if (help !== undefined) throw new Error(`${name} has no type`);
  for (const [of, { type, samples }] of metrics) {
    if (samples.length === 0) throw new Error(`${of} has no samples`);
    if (type === 'histogram') checkBuckets(of, samples);
  }
  return metrics;
}

function readSample(line: string): ReadSample {
  const [, name, labelText, number] = sampleLine.exec(line) ?? [];
  if (name === undefined || !numberForm.test(number!)) throw new Error(`no sample: ${line}`);
  const pairs = [...(labelText ?? '').matchAll(new RegExp(labelForm, 'gu'))].map(([pair]) => {
    const end = pair.indexOf('=');
    return [pair.slice(0, end), unescape(pair.slice(end + 2, -1))] as const;
  });
  const labels = Object.fromEntries(pairs);
  if (Object.keys(labels).length !== pairs.length) throw new Error(`a label twice: ${line}`);
  return { name, labels, value: Number(number!.replace('Inf', 'Infinity')) };
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/gsu, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}

/** Bounds rise, each bucket has all of the one before, and the last one is the count. */
function checkBuckets(name: string, samples: readonly ReadSample[]): void {
  let bound = -Infinity;
  let count = 0;
  for (const sample of samples) {
    if (sample.name === `${name}_bucket`) {
      const next = Number(sample.labels['le']?.replace('Inf', 'Infinity'));
      if (!(next > bound) || sample.value < count) throw new Error(`buckets of ${name} out of order`);
      bound = next;
      count = sample.value;
    } else if (sample.name === `${name}_count`) {
      if (bound !== Infinity || sample.value !== count) throw new Error(`${name} does not add up`);
      bound = -Infinity;
      count = 0;
    }
  }
}
