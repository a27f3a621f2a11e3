import type { Labels, Metric, MetricSink, SampleSuffix } from './metric.ts';

/** The media type of {@link Exposition}. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

/** The text that Prometheus scrapes: its exposition format, version 0.0.4. A metric without samples is left out. */
export class Exposition implements MetricSink {
  text = '';
  #name = '';
  #head = '';

  begin({ name, type, help }: Metric): void {
    this.#name = name;
    this.#head = `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
  }

  add(suffix: SampleSuffix, labels: Labels, value: number): void {
    if (this.#head !== '') this.text += this.#head;
    this.#head = '';
    // The short end first: V8 copies short texts, and long ones become a chain, whose links cost more than the text.
    const end = ` ${formatNumber(value)}\n`;
    this.text += this.#name + suffix + labels.text + end;
  }
}

/** As Go reads numbers. */
export function formatNumber(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
