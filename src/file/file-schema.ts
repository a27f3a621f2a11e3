import type { JsonSchema } from '../base/option-schema.ts';
import { durationPattern, sizePattern } from '../base/quantities.ts';
import { describeStatedOptions } from './stated-options.ts';

/** Where a text with a variable may stand, the text without it may be anything. */
const variable = { type: 'string', pattern: '\\$\\{' };

const secretFile = {
  type: 'object',
  properties: { file: { type: 'string', minLength: 1, description: 'A file that holds the text.' } },
  required: ['file'],
  additionalProperties: false,
};

/**
 * What a configuration file may state, as the JSON Schema of draft 2020-12: a configuration, what `sluice run` does beside
 * it, and what a file may have in place of values: durations and sizes as texts, variables, files of secrets. The package
 * has it as `sluice/schema.json`.
 */
export function describeConfigFile(): JsonSchema {
  const { properties, $defs, ...schema } = describeStatedOptions();
  return {
    ...schema,
    properties: { $schema: { type: 'string' }, ...propertiesInFile(properties) },
    $defs: { variable, secretFile, ...propertiesInFile($defs) },
  };
}

/** @param name of the option, or of the list that it is in */
function inFile(schema: JsonSchema, name: string, isFreelyNamed = false): JsonSchema {
  const { type, properties, additionalProperties, items } = schema;
  for (const key of ['oneOf', 'anyOf']) {
    const choices = schema[key] as readonly JsonSchema[] | undefined;
    if (choices === undefined) continue;
    return { ...schema, [key]: choices.map((choice) => inFile(choice, name, isFreelyNamed)) };
  }
  if (type === 'array') return { ...schema, items: inFile(items as JsonSchema, name) };
  if (type !== 'object') return scalarInFile(schema, name, isFreelyNamed);
  if (properties !== undefined) return { ...schema, properties: propertiesInFile(properties) };
  return { ...schema, additionalProperties: inFile(additionalProperties as JsonSchema, '', true) };
}

function propertiesInFile(properties: unknown): JsonSchema {
  return Object.fromEntries(
    Object.entries(properties as object).map(([name, of]) => [name, inFile(of as JsonSchema, name)]),
  );
}

function scalarInFile(schema: JsonSchema, name: string, isFreelyNamed: boolean): JsonSchema {
  // What discriminates is never a variable: editors go by it.
  if ('$ref' in schema || 'const' in schema) return schema;
  const { default: value, description, ...form } = schema;
  const forms: JsonSchema[] = [form];
  if (form['type'] === 'integer' && name.endsWith('Ms'))
    forms.push({ type: 'string', pattern: durationPattern });
  if (form['type'] === 'integer' && name.endsWith('Bytes'))
    forms.push({ type: 'string', pattern: sizePattern });
  if (form['type'] === 'string' && (name === 'secret' || isFreelyNamed))
    forms.push({ $ref: '#/$defs/secretFile' });
  return {
    ...(description === undefined ? {} : { description }),
    anyOf: [...forms, { $ref: '#/$defs/variable' }],
    ...(value === undefined ? {} : { default: value }),
  };
}
