import type { Range } from './option-rules.ts';

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One form that an object can have. */
export interface Form {
  readonly properties: ReadonlyMap<string, readonly JsonSchema[]>;
  readonly required: ReadonlySet<string>;
}

export function merge(one: Form, other: Form): Form {
  return {
    properties: new Map([...one.properties, ...other.properties]),
    required: new Set([...one.required, ...other.required]),
  };
}

export function schemaOf({ properties, required }: Form): JsonSchema {
  const entries = [...properties].map(([key, schemas]) => [key, anyOf(schemas)] as const);
  return {
    type: 'object',
    properties: Object.fromEntries(entries),
    ...(required.size > 0 ? { required: [...required] } : {}),
    additionalProperties: false,
  };
}

export function anyOf(schemas: readonly JsonSchema[]): JsonSchema {
  const [only] = schemas;
  return schemas.length === 1 && only !== undefined ? only : { anyOf: schemas };
}

export function integerOf({ min, max }: Range<unknown>): JsonSchema {
  return { type: 'integer', minimum: min, maximum: max };
}

/** JSON Schema knows no flags: `u` is implied, and any other flag would be lost. */
export function patternOf(pattern: RegExp | undefined): JsonSchema {
  if (pattern === undefined) return { minLength: 1 };
  if (!['', 'u'].includes(pattern.flags))
    throw new TypeError(`no flags in a pattern of options: ${pattern.source}`);
  return { pattern: pattern.source };
}

export function defaultOf({ default: value }: { readonly default?: unknown }): JsonSchema {
  if (value === undefined) return {};
  return { default: value === Infinity ? 'Infinity' : value };
}

export function unitOf(key: string): JsonSchema {
  if (key.endsWith('Ms')) return { description: 'Milliseconds.' };
  return key.endsWith('Bytes') ? { description: 'Bytes.' } : {};
}
