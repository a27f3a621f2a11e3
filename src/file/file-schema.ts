import type { JsonSchema } from '../base/option-schema.ts';
import { durationPattern, sizePattern } from '../base/quantities.ts';
import { describeConfig } from '../config/read-config.ts';

/** Where a text with a variable may stand, the text without it may be anything. */
const variable = { type: 'string', pattern: '\\$\\{' };

const secretFile = {
  type: 'object',
  properties: { file: { type: 'string', minLength: 1, description: 'A file that holds the text.' } },
  required: ['file'],
  additionalProperties: false,
};

/**
 * What a configuration file may state, as the JSON Schema of draft 2020-12: a configuration, and what a file may have in
 * place of its values: durations and sizes as texts, variables, files of secrets. The package has it as
 * `sluice/schema.json`.
 */
export function describeConfigFile(): JsonSchema {
  const { properties, $defs, ...schema } = describeConfig();
  const definitions = Object.entries($defs as object).map(([name, of]) => [
    name,
    inFile(of as JsonSchema, ''),
  ]);
  return {
    ...schema,
    properties: { $schema: { type: 'string' }, ...propertiesInFile(properties as object) },
    $defs: Object.fromEntries([
      ['variable', variable],
      ['secretFile', secretFile],
      ...definitions,
    ]) as JsonSchema,
  };
}

/** @param name of the option, or of the list that it is in */
function inFile(schema: JsonSchema, name: string, isFreelyNamed = false): JsonSchema {
  const choices = ['oneOf', 'anyOf'].filter((key) => Array.isArray(schema[key]));
  const [key] = choices;
  if (key !== undefined) {
    return {
      ...schema,
      [key]: (schema[key] as readonly JsonSchema[]).map((choice) => inFile(choice, name, isFreelyNamed)),
    };
  }
  const { type, properties, additionalProperties, items } = schema;
  if (type === 'object') {
    return {
      ...schema,
      ...(properties === undefined ? {} : { properties: propertiesInFile(properties as object) }),
      ...(typeof additionalProperties === 'object'
        ? { additionalProperties: inFile(additionalProperties as JsonSchema, '', true) }
        : {}),
    };
  }
  if (type === 'array') return { ...schema, items: inFile(items as JsonSchema, name) };
  return scalarInFile(schema, name, isFreelyNamed);
}

function propertiesInFile(properties: object): JsonSchema {
  return Object.fromEntries(
    Object.entries(properties).map(([name, of]) => [name, inFile(of as JsonSchema, name)]),
  );
}

function scalarInFile(schema: JsonSchema, name: string, isFreelyNamed: boolean): JsonSchema {
  const { type, default: _, description: __, ...form } = schema;
  // What discriminates is never a variable: editors go by it.
  if ('$ref' in schema || 'const' in schema) return schema;
  const forms: JsonSchema[] = [type === undefined ? form : { type, ...form }];
  if (type === 'integer' && name.endsWith('Ms')) forms.push({ type: 'string', pattern: durationPattern });
  if (type === 'integer' && name.endsWith('Bytes')) forms.push({ type: 'string', pattern: sizePattern });
  if (type === 'string' && (name === 'secret' || isFreelyNamed)) forms.push({ $ref: '#/$defs/secretFile' });
  const { default: value, description } = schema;
  return {
    anyOf: [...forms, { $ref: '#/$defs/variable' }],
    ...(value === undefined ? {} : { default: value }),
    ...(description === undefined ? {} : { description }),
  };
}
