import type { ChildRule, ListRule, Range } from './option-rules.ts';
import {
  anyOf,
  defaultOf,
  integerOf,
  merge,
  patternOf,
  schemaOf,
  unitOf,
  type Form,
  type JsonSchema,
} from './option-schema.ts';
import { OptionReader } from './options.ts';

/**
 * Stands in for an {@link OptionReader} to learn what code reads: notes every option with its type, range and
 * default, and returns a value of the right type. It leaves out problems that code finds by itself (`problem`).
 */
export class OptionDescriber extends OptionReader {
  readonly #properties = new Map<string, JsonSchema[]>();
  readonly #required = new Set<string>();
  /** Where options depend on the value of one: each form that there is. */
  readonly #variants: OptionDescriber[] = [];
  readonly #definitions: Map<string, JsonSchema>;

  /** @param definitions objects that have a name, shared by all describers of one description */
  constructor(definitions = new Map<string, JsonSchema>()) {
    super('', {});
    this.#definitions = definitions;
  }

  /** The schemas that others refer to by `#/$defs/name`. */
  get definitions(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries(this.#definitions);
  }

  /** The objects that the code takes. */
  get schema(): JsonSchema {
    const schemas = this.#forms().map(schemaOf);
    const [only] = schemas;
    return schemas.length === 1 && only !== undefined ? only : { oneOf: schemas };
  }

  override raw(): undefined {
    return undefined;
  }

  override integer<T = never>(key: string, range: Range<T>): number | T {
    return this.#note(key, range, integerOf(range), range.min);
  }

  override integerOr<T>(key: string, range: Range<never>, read: (child: OptionReader) => T): number | T {
    this.integer(key, range);
    this.#noteChild(key, {}, read);
    return range.min;
  }

  override limit<T = never>(key: string, range: Range<T>): number | T {
    return this.#note(key, range, { anyOf: [integerOf(range), { const: 'Infinity' }] }, range.min);
  }

  override number<T = never>(key: string, range: Range<T>): number | T {
    return this.#note(key, range, { ...integerOf(range), type: 'number' }, range.min);
  }

  override string<T = never>(
    key: string,
    rule: { readonly pattern?: RegExp; readonly default?: T } = {},
  ): string | T {
    return this.#note(key, rule, { type: 'string', ...patternOf(rule.pattern) }, '');
  }

  override secret<T = never>(key: string, { min, max, ...rule }: Range<T>): string | T {
    return this.#note(key, rule, { type: 'string', minLength: min, maxLength: max }, '');
  }

  override unread(key: string, { definition }: { readonly definition: string }): unknown {
    return this.#note(key, {}, { $ref: `#/$defs/${definition}` }, undefined);
  }

  override boolean<T = never>(key: string, rule: { readonly default?: T } = {}): boolean | T {
    return this.#note(key, rule, { type: 'boolean' }, false);
  }

  override oneOf<const C extends string, T = never>(
    key: string,
    choices: readonly C[],
    rule: { readonly default?: T } = {},
  ): C | T {
    return this.#note(key, rule, { enum: choices }, String(choices[0]) as C);
  }

  /** JSON has none. */
  override function(): () => unknown {
    return () => undefined;
  }

  /** JSON has none. */
  override live(): undefined {
    return undefined;
  }

  override isWord(key: string, word: string | boolean): boolean {
    this.#add(key, { const: word });
    return false;
  }

  override variant<const Kind extends string, T>(
    key: string,
    readers: Readonly<Record<Kind, (reader: this, kind: Kind) => T>>,
  ): T | undefined {
    const kinds = Object.keys(readers) as Kind[];
    return this.#fork(kinds, (variant, kind) => {
      variant.#add(key, { const: kind });
      variant.#required.add(key);
      return readers[kind](variant, kind);
    });
  }

  override either<T>(readers: Readonly<Record<string, (reader: this, key: string) => T>>): T | undefined {
    return this.#fork(Object.keys(readers), (variant, key) => {
      const read = readers[key]?.(variant, key);
      variant.#settle();
      // A function, say, which JSON does not have.
      if (variant.#properties.size === 0) this.#variants.pop();
      else variant.#required.add(key);
      return read;
    });
  }

  override list<T>(
    key: string,
    rule: ListRule<T>,
    read: (elements: OptionReader, index: string) => T,
  ): readonly T[] {
    const elements = new OptionDescriber(this.#definitions);
    const element = read(elements, '0');
    const { min = 0, isRequired = min > 0 } = rule;
    const items = elements.#schemaAt('0');
    this.#add(key, { type: 'array', items, ...(min > 0 ? { minItems: min } : {}), ...defaultOf(rule) });
    if (isRequired && rule.default === undefined) this.#required.add(key);
    return [element];
  }

  override record<T>(
    key: string,
    rule: { readonly pattern?: RegExp },
    read: (entries: OptionReader, name: string) => T,
  ): Readonly<Record<string, T>> {
    const entries = new OptionDescriber(this.#definitions);
    read(entries, 'name');
    const additionalProperties = entries.#schemaAt('name');
    const names = rule.pattern === undefined ? {} : { propertyNames: patternOf(rule.pattern) };
    this.#add(key, { type: 'object', ...names, additionalProperties });
    return {};
  }

  override child(key: string, rule: ChildRule = {}): OptionReader {
    const child = new OptionDescriber(this.#definitions);
    this.#children.push({ key, child, rule });
    return child;
  }

  override object<T>(
    key: string,
    rule: ChildRule & { readonly definition: string },
    read: (child: OptionReader) => T,
  ): T {
    const { definition } = rule;
    this.#add(key, { $ref: `#/$defs/${definition}`, ...defaultOf(rule) });
    // Nobody looks at what a description gives back.
    if (this.#definitions.has(definition)) return undefined as T;
    this.#definitions.set(definition, {});
    const child = new OptionDescriber(this.#definitions);
    const value = read(child);
    this.#definitions.set(definition, child.schema);
    return value;
  }

  override ifPresent<T>(key: string, read: (child: OptionReader) => T, rule: ChildRule = {}): T | undefined {
    this.#noteChild(key, rule, read);
    return undefined;
  }

  override problem(): void {
    // Problems are about values, and a description has none.
  }

  override refuseUnknownKeys(): void {
    // Every object is closed.
  }

  /** Children whose readers have not finished yet. */
  readonly #children: {
    readonly key: string;
    readonly child: OptionDescriber;
    readonly rule: ChildRule;
  }[] = [];

  #noteChild(key: string, rule: ChildRule, read: (child: OptionReader) => unknown): void {
    const child = new OptionDescriber(this.#definitions);
    read(child);
    this.#add(key, { ...child.schema, ...defaultOf(rule) });
  }

  /** Runs each branch on a describer of its own. @returns what the first one gave */
  #fork<Key extends string, T>(keys: readonly Key[], run: (variant: this, key: Key) => T): T | undefined {
    const results = keys.map((key) => {
      const variant = new OptionDescriber(this.#definitions);
      this.#variants.push(variant);
      return run(variant as this, key);
    });
    return results[0];
  }

  #note<V, T>(key: string, rule: { readonly default?: T }, schema: JsonSchema, value: V): V | T {
    this.#add(key, { ...schema, ...unitOf(key), ...defaultOf(rule) });
    if (!('default' in rule)) this.#required.add(key);
    return rule.default ?? value;
  }

  #add(key: string, schema: JsonSchema): void {
    const known = this.#properties.get(key);
    if (known === undefined) this.#properties.set(key, [schema]);
    else known.push(schema);
  }

  #schemaAt(key: string): JsonSchema {
    this.#settle();
    return anyOf(this.#properties.get(key) ?? []);
  }

  #settle(): void {
    for (const { key, child, rule } of this.#children.splice(0)) {
      this.#add(key, { ...child.schema, ...defaultOf(rule) });
      const isNeeded = child.#forms().every(({ required }) => required.size > 0);
      if (rule.isRequired === true || (rule.default === undefined && isNeeded)) this.#required.add(key);
    }
  }

  #forms(): readonly Form[] {
    this.#settle();
    const own: Form = { properties: this.#properties, required: this.#required };
    if (this.#variants.length === 0) return [own];
    return this.#variants.flatMap((variant) => variant.#forms().map((form) => merge(own, form)));
  }
}
