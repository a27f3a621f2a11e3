import { OptionsError, type OptionProblem } from './errors.ts';

/** An inclusive range of numbers. */
export interface Range<T> {
  readonly min: number;
  readonly max: number;
  readonly default?: T;
}

/** What services and servers may be called. */
export const nameRule = {
  pattern: /^[A-Za-z0-9._-]{1,64}$/,
  expected: "1 to 64 letters, digits, '.', '_' or '-'",
} as const;

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

  constructor(path: string, values: unknown, problems: OptionProblem[] = []) {
    this.path = path;
    this.problems = problems;
    this.#usable = isPlainObject(values);
    this.#values = this.#usable ? (values as Record<string, unknown>) : {};
    if (!this.#usable) this.#report(path, 'an object', values);
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

  /** Like `integer`, and `Infinity` is allowed. */
  limit<T = never>(key: string, range: Range<T>): number | T {
    const expected = `an integer from ${range.min} to ${range.max}, or Infinity`;
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

  /** The elements of an array, each with its path; an absent key is an empty array unless `min` asks for more. */
  list(key: string, rule: { readonly min?: number } = {}): readonly { value: unknown; path: string }[] {
    const value = this.raw(key);
    const min = rule.min ?? 0;
    if (value === undefined && min === 0) return [];
    if (!Array.isArray(value) || value.length < min) {
      this.#report(this.at(key), min === 0 ? 'an array' : `an array of at least ${min}`, value);
      return [];
    }
    return value.map((element: unknown, index) => ({ value: element, path: `${this.at(key)}[${index}]` }));
  }

  /** A reader of a nested object; absent counts as empty. */
  child(key: string): OptionReader {
    const value = this.raw(key);
    return new OptionReader(this.at(key), value === undefined ? {} : value, this.problems);
  }

  /** Adds a problem of the caller's own finding, for rules across several keys. */
  problem(key: string, expected: string): void {
    this.#report(key === '' ? this.path : this.at(key), expected, key === '' ? this.#values : this.raw(key));
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
    this.problems.push({ path, expected, actual: describe(value) });
  }
}

/** A short printable form of a value, with its type, for messages. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `${JSON.stringify(value.slice(0, 80))} (string)`;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') {
    return `${String(value)} (${typeof value})`;
  }
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function inRange(value: number, range: Range<unknown>): boolean {
  return value >= range.min && value <= range.max;
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The known name at the smallest edit distance, if it is near enough to be what was meant. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, substitution));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
