import type { JsonSchema } from '../base/option-schema.ts';
import { describeStatedOptions } from './stated-options.ts';

/** A value of one of these types. */
type ValueType = 'number' | 'boolean' | 'text';

const typesOf: Readonly<Record<string, ValueType>> = {
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  string: 'text',
};

/** What may stand at one place of a configuration file, as the readers of options describe it. */
export class OptionShape {
  readonly #forms: readonly JsonSchema[];
  readonly #definitions: Readonly<Record<string, JsonSchema>>;
  /** Those asked for before; all elements of a list have one. */
  readonly #children = new Map<string, OptionShape>();

  private constructor(schemas: readonly JsonSchema[], definitions: Readonly<Record<string, JsonSchema>>) {
    this.#definitions = definitions;
    this.#forms = schemas.flatMap((schema) => this.#formsOf(schema));
  }

  /** That of a whole file. */
  static ofFile(): OptionShape {
    const schema = describeStatedOptions();
    return new OptionShape([schema], schema['$defs'] as Readonly<Record<string, JsonSchema>>);
  }

  takes(type: ValueType): boolean {
    return this.#forms.some(
      (form) =>
        typesOf[String(form['type'])] === type || (type === 'boolean' && typeof form['const'] === 'boolean'),
    );
  }

  /** What may stand at a name or index below it. Where nothing may, a shape that takes nothing. */
  child(name: string | number): OptionShape {
    const key = typeof name === 'number' ? '[]' : `.${name}`;
    let child = this.#children.get(key);
    if (child === undefined) {
      child = this.#make(name);
      this.#children.set(key, child);
    }
    return child;
  }

  #make(name: string | number): OptionShape {
    const definitions = this.#definitions;
    if (typeof name === 'number') return new OptionShape(this.#all('items'), definitions);
    const own = this.#all('properties').flatMap((properties) =>
      schemasOf(Object.hasOwn(properties, name) && properties[name]),
    );
    return new OptionShape(own.length > 0 ? own : this.#all('additionalProperties'), definitions);
  }

  /** What all forms state by a keyword. */
  #all(keyword: string): readonly JsonSchema[] {
    return this.#forms.flatMap((form) => schemasOf(form[keyword]));
  }

  #formsOf(schema: JsonSchema): readonly JsonSchema[] {
    const choices = (schema['oneOf'] ?? schema['anyOf']) as readonly JsonSchema[] | undefined;
    if (choices !== undefined) return choices.flatMap((choice) => this.#formsOf(choice));
    if (typeof schema['$ref'] !== 'string') return [schema];
    return this.#formsOf(this.#definitions[schema['$ref'].slice('#/$defs/'.length)] ?? {});
  }
}

function schemasOf(schema: unknown): readonly JsonSchema[] {
  return typeof schema === 'object' && schema !== null ? [schema as JsonSchema] : [];
}
