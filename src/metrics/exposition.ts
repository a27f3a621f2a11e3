import { isAscii } from 'node:buffer';
import { TextBlock } from '../base/text-block.ts';
import { TextPiece } from '../base/text-piece.ts';
import type { Labels, Metric, MetricSink, SampleSuffix } from './metric.ts';

/** The media type of {@link Exposition}. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

const usualBytes = 65_536;
/** A number, and what is between the parts of a sample. */
const numberBytes = 64;
const newline = 10;

/** The text that Prometheus scrapes: its exposition format, version 0.0.4. A metric without samples is left out. */
export class Exposition implements MetricSink {
  #block: TextBlock;
  #head = '';
  #metric = '';
  /** Those of the metric, as far as it has used them. */
  readonly #names = new Map<SampleSuffix, TextPiece>();
  #suffix: SampleSuffix | undefined = undefined;
  #name = new TextPiece('');

  /** @param expectedBytes how much it may come to; it may be more */
  constructor(expectedBytes = usualBytes) {
    this.#block = new TextBlock(expectedBytes);
  }

  /** In UTF-8, as it is sent. */
  get bytes(): Buffer {
    return this.#block.bytes.subarray(0, this.#block.end);
  }

  get text(): string {
    const { bytes } = this;
    // Seldom is there anything else, and it takes five times as long.
    return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
  }

  begin({ name, type, help }: Metric): void {
    this.#metric = name;
    this.#names.clear();
    this.#suffix = undefined;
    this.#head = `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
  }

  add(suffix: SampleSuffix, { piece: labels }: Labels, value: number): void {
    if (this.#head !== '') this.#addHead();
    if (suffix !== this.#suffix) this.#setName(suffix);
    const name = this.#name;
    const block = this.#room(name.length + labels.length + numberBytes);
    block.piece(name);
    block.piece(labels);
    if (Number.isFinite(value)) block.number(value);
    else block.text(formatNumber(value));
    block.byte(newline);
  }

  #setName(suffix: SampleSuffix): void {
    const name = this.#names.get(suffix) ?? new TextPiece(this.#metric + suffix);
    this.#names.set(suffix, name);
    this.#name = name;
    this.#suffix = suffix;
  }

  #addHead(): void {
    this.#room(Buffer.byteLength(this.#head)).text(this.#head);
    this.#head = '';
  }

  /** The block, or one of twice the size in its place, with room for so many bytes. */
  #room(bytes: number): TextBlock {
    const full = this.#block;
    if (full.room >= bytes) return full;
    const block = new TextBlock(2 * full.bytes.length + bytes, full.end);
    full.bytes.copy(block.bytes, 0, 0, full.end);
    this.#block = block;
    return block;
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
