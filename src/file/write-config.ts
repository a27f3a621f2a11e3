import { OptionsError, type OptionProblem } from '../base/errors.ts';
import { isPlain, toPlain } from '../base/plain-data.ts';
import { formatDuration, formatSize } from '../base/quantities.ts';
import { describe } from '../base/wording.ts';
import { OptionShape } from './option-shape.ts';
import { pathTo, type TextFormat } from './file-node.ts';
import { renderBlockElement, renderBlockEntry, renderPretty, type Style } from './render.ts';

/** How a configuration is written. */
export interface WriteConfigOptions {
  readonly format: TextFormat;
  /** Where editors find the schema: a path relative to the file, or a URL. @default none */
  readonly schema?: string | undefined;
  /** Lines at the head of the file. Only YAML has comments. */
  readonly head?: readonly string[];
  /** Values at the top, before those of the configuration, as the file states them: with variables and units. */
  readonly stated?: object;
  /** A line above a value at the top, by its name. */
  readonly notes?: Readonly<Record<string, string>>;
  /** A line above a service, by its name. */
  readonly comments?: Readonly<Record<string, string>>;
}

/**
 * The text of a configuration file that states a configuration, with durations and sizes such as `30m`. To read it gives the
 * same configuration again.
 *
 * @param config such as `infinittPreset()` returns, or `balancer.config`
 * @throws OptionsError for live objects in it, which no file can hold
 */
export function writeConfig(
  config: object,
  { format, schema, head = [], stated = {}, notes = {}, comments = {} }: WriteConfigOptions,
): string {
  const problems: OptionProblem[] = [];
  const written = asWritten(toPlain(config), '', '', OptionShape.ofFile(), problems) as Readonly<
    Record<string, unknown>
  >;
  if (problems.length > 0) throw new OptionsError(problems);
  const whole = { ...(schema === undefined ? {} : { $schema: schema }), ...stated, ...written };
  const style: Style = { isJson: format === 'json', lineBreak: '\n', step: '  ' };
  if (format === 'json') return `${renderPretty(whole, '', style)}\n`;
  return [...head.map((line) => `# ${line}`), ...yamlEntries(whole, notes, comments, style), ''].join('\n');
}

function yamlEntries(
  whole: Readonly<Record<string, unknown>>,
  notes: Readonly<Record<string, string>>,
  comments: Readonly<Record<string, string>>,
  style: Style,
): readonly string[] {
  return Object.entries(whole).flatMap(([key, value]) => {
    if (key !== 'services' || !Array.isArray(value) || value.length === 0)
      return below(notes[key], renderBlockEntry(key, value, '', style));
    const services = (value as readonly Readonly<Record<string, unknown>>[]).map((service) =>
      below(comments[String(service['name'])], `  ${renderBlockElement(service, '  ', style)}`, '  '),
    );
    return [below(notes[key], 'services:'), ...services];
  });
}

/** A text with an empty line and a comment above it, if there is one. */
function below(comment: string | undefined, text: string, indent = ''): string {
  return comment === undefined ? text : `\n${indent}# ${comment}\n${text}`;
}

/** Values as a file states them: quantities with units, and no text that would be taken for a variable. */
function asWritten(
  value: unknown,
  path: string,
  name: string,
  shape: OptionShape,
  problems: OptionProblem[],
): unknown {
  const inner = (key: string | number, element: unknown): unknown =>
    asWritten(element, pathTo(path, key), typeof key === 'number' ? name : key, shape.child(key), problems);
  if (typeof value === 'string') return value.replaceAll('${', () => '$${');
  if (typeof value === 'number' && shape.takes('number') && !shape.takes('text')) {
    if (name.endsWith('Ms')) return formatDuration(value);
    return name.endsWith('Bytes') ? formatSize(value) : value;
  }
  if (Array.isArray(value)) return value.map((element: unknown, index) => inner(index, element));
  if (isPlain(value))
    return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, inner(key, element)]));
  if (typeof value === 'function' || (typeof value === 'object' && value !== null)) {
    problems.push({ path, expected: 'plain data, which a file can hold', actual: describe(value) });
  }
  return value;
}
