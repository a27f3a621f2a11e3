// Over 250 lines because each kind of option is one short method of the same object.
import { OptionsError, type OptionProblem } from './errors.ts';
import type { ChildRule, ListRule, Range } from './option-rules.ts';
import { describe, nearestName } from './wording.ts';

/**
 * Reads one plain object of options and collects **every** problem in it: wrong types, values out of range,
 * unknown keys with the nearest known name. Nothing throws before `finish()`, so a caller sees all at once.
 *
 * Readers of nested objects share the problem list of their parent; only the outermost one throws.
 */
export class OptionReader {
  readonly path: string;
  readonly problems: OptionProblem[];
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #known = new Set<string>();
  readonly #usable: boolean;

  /** @param expected what a problem says instead of `an object` where the values are none */
  constructor(path: string, values: unknown, problems: OptionProblem[] = [], expected = 'an object') {
    this.path = path;
    this.problems = problems;
    this.#usable = isPlainObject(values);
    this.#values = this.#usable ? (values as Record<string, unknown>) : {};
    if (!this.#usable) this.#report(path, expected, values);
  }

  /** The raw value of a key, which counts as known from now on. */
  raw(key: string): unknown {
    this.#known.add(key);
    return Object.hasOwn(this.#values, key) ? this.#values[key] : undefined;
  }

  has(key: string): boolean {
    return this.raw(key) !== undefined;
  }

  integer<T = never>(key: string, range: Range<T>): number | T {
    return this.#read(
      key,
      range,
      `an integer from ${range.min} to ${range.max}`,
      (value): value is number => {
        return Number.isInteger(value) && inRange(value as number, range);
      },
    );
  }

  /** Reads a number, or the object that may stand in its place. */
  integerOr<T>(key: string, range: Range<never>, read: (child: OptionReader) => T): number | T {
    const isObject = typeof this.raw(key) === 'object' && this.raw(key) !== null;
    return isObject ? read(this.child(key)) : this.integer(key, range);
  }

  /** Like `integer`, and `Infinity` is allowed, as a text as well: JSON has no such number. */
  limit<T = never>(key: string, range: Range<T>): number | T {
    const expected = `an integer from ${range.min} to ${range.max}, or Infinity`;
    if (this.raw(key) === 'Infinity') return Infinity;
    return this.#read(key, range, expected, (value): value is number => {
      return value === Infinity || (Number.isInteger(value) && inRange(value as number, range));
    });
  }

  number<T = never>(key: string, range: Range<T>): number | T {
    return this.#read(key, range, `a number from ${range.min} to ${range.max}`, (value): value is number => {
      return typeof value === 'number' && inRange(value, range);
    });
  }

  string<T = never>(
    key: string,
    rule: { readonly pattern?: RegExp; readonly expected?: string; readonly default?: T } = {},
  ): string | T {
    const expected = rule.expected ?? 'a non-empty string';
    return this.#read(key, rule, expected, (value): value is string => {
      return typeof value === 'string' && (rule.pattern ?? /./su).test(value);
    });
  }

  /** A text that no message quotes, such as a password; its length is within the range. */
  secret<T = never>(key: string, { min, max, ...rule }: Range<T>): string | T {
    const value = this.raw(key);
    if (value === undefined && 'default' in rule) return rule.default;
    if (typeof value === 'string' && inRange(value.length, { min, max })) return value;
    const actual = typeof value === 'string' ? 'another length' : typeof value;
    this.problem(key, `a text of ${min} to ${max} characters`, value === undefined ? 'nothing' : actual);
    return '';
  }

  /** A value that somebody else reads, of a form that has a name in descriptions. */
  unread(key: string, rule: { readonly definition: string; readonly expected: string }): unknown {
    if (!this.has(key)) this.problem(key, rule.expected);
    return this.raw(key);
  }

  boolean<T = never>(key: string, rule: { readonly default?: T } = {}): boolean | T {
    return this.#read(key, rule, 'true or false', (value): value is boolean => typeof value === 'boolean');
  }

  oneOf<const C extends string, T = never>(
    key: string,
    choices: readonly C[],
    rule: { readonly default?: T; readonly hint?: string } = {},
  ): C | T {
    const expected = `one of ${choices.map((choice) => `'${choice}'`).join(', ')}${rule.hint ?? ''}`;
    return this.#read(key, rule, expected, (value): value is C => choices.includes(value as C));
  }

  function<T = never>(key: string, rule: { readonly default?: T } = {}): ((...args: never[]) => unknown) | T {
    return this.#read(
      key,
      rule,
      'a function',
      (value): value is () => unknown => typeof value === 'function',
    );
  }

  /** A live object of the library or of the user. Undefined where the value is none. */
  live<T>(key: string, isLive: (value: unknown) => value is T): T | undefined {
    const value = this.raw(key);
    return isLive(value) ? value : undefined;
  }

  /** Is the value this word, instead of the object that it may also be? */
  isWord(key: string, word: string | boolean): boolean {
    return this.raw(key) === word;
  }

  /**
   * Reads something whose kind a word decides: `{ kind: 'http', … }`.
   *
   * @returns undefined where the word is none of those
   */
  variant<const Kind extends string, T>(
    key: string,
    readers: Readonly<Record<Kind, (reader: this, kind: Kind) => T>>,
    rule: { readonly hint?: string } = {},
  ): T | undefined {
    const kind: Kind | undefined = this.oneOf(key, Object.keys(readers) as Kind[], rule);
    return kind === undefined ? undefined : readers[kind](this, kind);
  }

  /** Reads whichever of these options is there. @returns undefined where none is, or several are */
  either<T>(readers: Readonly<Record<string, (reader: this, key: string) => T>>): T | undefined {
    const keys = Object.keys(readers);
    const [present, ...more] = keys.filter((key) => this.has(key));
    const read = present === undefined || more.length > 0 ? undefined : readers[present];
    if (present !== undefined && read !== undefined) return read(this, present);
    this.#report(this.path, `either ${keys.map((key) => `'${key}'`).join(' or ')}`, this.#values);
    return undefined;
  }

  /** Reads the elements of an array, each as the option of its index. */
  list<T>(key: string, rule: ListRule<T>, read: (elements: OptionReader, index: string) => T): readonly T[] {
    const value = this.raw(key);
    const { min = 0, isRequired = min > 0 } = rule;
    if (value === undefined && (rule.default !== undefined || !isRequired)) return rule.default ?? [];
    if (!Array.isArray(value) || value.length < min) {
      const expected = rule.expected ?? (min === 0 ? 'an array' : `an array of at least ${min}`);
      this.#report(this.at(key), expected, value);
      return [];
    }
    const elements = new ElementReader(this.at(key), Object.fromEntries(value.entries()), this.problems);
    return value.map((_element, index) => read(elements, String(index)));
  }

  /** A reader of a nested object. */
  child(key: string, rule: ChildRule = {}): OptionReader {
    const absent = rule.isRequired === true ? undefined : (rule.default ?? {});
    const value = this.has(key) ? this.raw(key) : absent;
    return new OptionReader(this.at(key), value, this.problems, rule.expected);
  }

  /** Reads a nested object. Its description has a name where it may contain itself. */
  object<T>(
    key: string,
    rule: ChildRule & { readonly definition: string },
    read: (child: OptionReader) => T,
  ): T {
    return read(this.child(key, rule));
  }

  /** Reads a nested object that may be absent. */
  ifPresent<T>(key: string, read: (child: OptionReader) => T, rule: ChildRule = {}): T | undefined {
    return this.has(key) ? read(this.child(key, rule)) : undefined;
  }

  /** Reads an object of names that the user chooses, and of texts; absent counts as empty. */
  record<T>(
    key: string,
    rule: { readonly expected: string; readonly pattern?: RegExp },
    read: (entries: OptionReader, name: string) => T,
  ): Readonly<Record<string, T>> {
    const entries = this.child(key, rule);
    const names = Object.keys(entries.#values);
    if (!names.every((name) => rule.pattern?.test(name) !== false))
      this.#report(this.at(key), rule.expected, names);
    return Object.fromEntries(names.map((name) => [name, read(entries, name)]));
  }

  /**
   * Adds a problem that the form of a value cannot show, such as a rule across several keys.
   *
   * @param actual what was given. @default the value
   */
  problem(key: string, expected: string, actual?: string): void {
    const path = key === '' ? this.path : this.at(key);
    if (actual === undefined) this.#report(path, expected, key === '' ? this.#values : this.raw(key));
    else this.problems.push({ path, expected, actual });
  }

  /** Reports unknown keys. Call it once all keys were asked for. */
  refuseUnknownKeys(): void {
    if (!this.#usable) return;
    for (const key of Object.keys(this.#values)) {
      if (this.#known.has(key)) continue;
      const nearest = nearestName(key, this.#known);
      const hint = nearest === undefined ? `one of ${[...this.#known].join(', ')}` : `'${nearest}'`;
      this.problems.push({ path: this.path, expected: `a known option such as ${hint}`, actual: `'${key}'` });
    }
  }

  /** Ends the outermost reading: throws {@link OptionsError} with all problems, if there is one. */
  finish(): void {
    this.refuseUnknownKeys();
    if (this.problems.length > 0) throw new OptionsError(this.problems);
  }

  at(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  #read<V, T>(
    key: string,
    rule: { readonly default?: T },
    expected: string,
    isRight: (value: unknown) => value is V,
  ): V | T {
    const value = this.raw(key);
    if (value === undefined && 'default' in rule) return rule.default;
    if (isRight(value)) return value;
    this.#report(this.at(key), expected, value);
    // The caller never sees this value: finish() throws, since a problem was just reported.
    return rule.default as T;
  }

  #report(path: string, expected: string, value: unknown): void {
    // A value that is no object lacks all options: there is no need to say so.
    if (!this.#usable && path !== this.path) return;
    this.problems.push({ path, expected, actual: describe(value) });
  }
}

/** Reads the elements of an array by their index. */
class ElementReader extends OptionReader {
  override at(index: string): string {
    return `${this.path}[${index}]`;
  }
}

function inRange(value: number, range: Range<unknown>): boolean {
  return value >= range.min && value <= range.max;
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
