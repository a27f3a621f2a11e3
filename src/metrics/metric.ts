import { TextPiece } from '../base/text-piece.ts';

/** A name that Prometheus knows a measurement by, and what it means. */
export interface Metric {
  /** By the conventions of Prometheus: base units, `_total` at the end of a counter. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  /** One sentence for people. */
  readonly help: string;
}

/** What stands behind the name of a metric in a sample. */
export type SampleSuffix = '' | '_bucket' | '_sum' | '_count';

/** Takes all metrics of one moment, one after the other. */
export interface MetricSink {
  /** A metric begins; its samples follow. */
  begin(metric: Metric): void;
  add(suffix: SampleSuffix, labels: Labels, value: number): void;
}

/** Values of one label that are kept at most. Servers may come and go under new names for ever. */
const maxKept = 10_000;

/** Labels of samples. Many samples have the same ones, scrape after scrape, so they are made once and kept. */
export class Labels {
  static #none: Labels | undefined = undefined;
  readonly values: Readonly<Record<string, string>>;
  /** `{service="DICOM",server="INF_PACS1"}`; empty without any. */
  readonly text: string;
  /** What is between the name and the number of a sample. */
  readonly piece: TextPiece;
  /** Those with one more, by its name and value. */
  readonly #longer = new Map<string, Map<string, Labels>>();

  static get none(): Labels {
    Labels.#none ??= new Labels({}, '');
    return Labels.#none;
  }

  private constructor(values: Readonly<Record<string, string>>, text: string) {
    this.values = values;
    this.text = text;
    this.piece = new TextPiece(`${text} `);
  }

  /** These, and one more behind them. */
  with(name: string, value: string): Labels {
    const byValue = this.#longer.get(name) ?? new Map<string, Labels>();
    this.#longer.set(name, byValue);
    const known = byValue.get(value);
    if (known !== undefined) return known;
    if (byValue.size === maxKept) byValue.clear();
    const longer = this.#make(name, value);
    byValue.set(value, longer);
    return longer;
  }

  #make(name: string, value: string): Labels {
    const before = this.text === '' ? '{' : `${this.text.slice(0, -1)},`;
    return new Labels({ ...this.values, [name]: value }, `${before}${name}="${escapeLabel(value)}"}`);
  }
}

/** A metric whose samples are one number each. */
export interface Reading<Of> extends Metric {
  /** Undefined where the metric does not apply. */
  readonly read: (of: Of) => number | undefined;
}

/** What is read, and its labels. */
export interface Labelled<Of> {
  readonly labels: Labels;
  readonly of: Of;
}

export function writeReadings<Of>(
  sink: MetricSink,
  readings: readonly Reading<Of>[],
  all: readonly Labelled<Of>[],
): void {
  for (const reading of readings) {
    sink.begin(reading);
    for (const { labels, of } of all) {
      const value = reading.read(of);
      if (value !== undefined) sink.add('', labels, value);
    }
  }
}

const special = /[\\"\n]/u;

function escapeLabel(value: string): string {
  if (!special.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
