import fc from 'fast-check';
import type { JsonSchema } from '../../../src/base/option-schema.ts';

/** Texts of all kinds; those that a pattern wants are among them. */
const texts = [
  ...[
    'a',
    'INF_PACS1',
    '',
    ' ',
    'x y',
    '/',
    '/status',
    '*',
    '127.0.0.1',
    '::1',
    'pacs.example',
    '\u0000',
    'é',
  ],
  ...[
    'SERVERID',
    '__Host-x',
    '.example.org',
    'INFINITT<20>',
    'PACS<2>',
    'text/html',
    'a;b',
    'none',
    'Infinity',
  ],
];

/** JSON values that a schema accepts, mostly. */
export function valueOf(
  schema: JsonSchema,
  definitions: Readonly<Record<string, JsonSchema>>,
): fc.Arbitrary<unknown> {
  const inner = (of: JsonSchema): fc.Arbitrary<unknown> => valueOf(of, definitions);
  const choices = (schema['oneOf'] ?? schema['anyOf']) as readonly JsonSchema[] | undefined;
  if (choices !== undefined) return fc.oneof({ depthSize: 'small' }, ...choices.map(inner));
  if (typeof schema['$ref'] === 'string') {
    const name = schema['$ref'].slice('#/$defs/'.length);
    // Not before it is needed: a definition may refer to itself.
    return fc.constant(null).chain(() => inner(definitions[name] ?? {}));
  }
  if ('const' in schema) return fc.constant(schema['const']);
  if ('enum' in schema) return fc.constantFrom(...(schema['enum'] as readonly unknown[]));
  switch (schema['type']) {
    case 'integer':
      return integer(schema);
    case 'number':
      return fc.double({ min: schema['minimum'] as number, max: schema['maximum'] as number, noNaN: true });
    case 'string':
      return text(schema);
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(inner(schema['items'] as JsonSchema), { maxLength: 3 });
    default:
      return object(schema, inner);
  }
}

function text({ pattern = '', minLength = 0 }: JsonSchema): fc.Arbitrary<string> {
  const wanted = new RegExp(pattern as string, 'u');
  const right = texts.filter((one) => wanted.test(one) && one.length >= (minLength as number));
  return fc.oneof({ weight: 19, arbitrary: fc.constantFrom(...right) }, fc.constantFrom(...texts));
}

function integer({ minimum, maximum }: JsonSchema): fc.Arbitrary<number> {
  const [min, max] = [minimum as number, maximum as number];
  return fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max: Math.min(max, 2 ** 31 - 1) }));
}

function object(schema: JsonSchema, inner: (of: JsonSchema) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const {
    properties,
    required = [],
    additionalProperties,
  } = schema as {
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
    readonly additionalProperties?: JsonSchema | false;
  };
  if (properties === undefined) {
    return fc.dictionary(fc.constantFrom('A', 'X-Check', 'a b'), inner(additionalProperties as JsonSchema), {
      maxKeys: 2,
    });
  }
  const model = Object.fromEntries(Object.entries(properties).map(([key, of]) => [key, inner(of)]));
  // Few of the many options at a time: whatever is wrong with one is seen.
  const optional = Object.keys(properties).filter((key) => !required.includes(key));
  return fc.subarray(optional, { maxLength: Math.min(3, optional.length) }).chain((chosen) => {
    const wanted = Object.entries(model).filter(([key]) => required.includes(key) || chosen.includes(key));
    return fc.record(Object.fromEntries(wanted));
  });
}

/** One change somewhere in a JSON value: another value, one less, or one more that nobody knows. */
export const change = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom('replace', 'delete', 'add'),
  value: fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom(...texts, 0, -1, 1.5, 70_000, 1e15)),
});

export type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** Applies a change at one of the places that there are. */
export function changed(value: unknown, { at, kind, value: other }: Change): unknown {
  const copy = structuredClone(value);
  const places: (readonly [holder: Record<string, unknown>, key: string])[] = [];
  const visit = (holder: unknown): void => {
    if (typeof holder !== 'object' || holder === null) return;
    for (const key of Object.keys(holder)) {
      places.push([holder as Record<string, unknown>, key]);
      visit((holder as Record<string, unknown>)[key]);
    }
  };
  visit(copy);
  const place = places[at % Math.max(1, places.length)];
  if (place === undefined) return other;
  const [holder, key] = place;
  if (kind === 'replace') holder[key] = other;
  else if (kind === 'delete' && !Array.isArray(holder)) Reflect.deleteProperty(holder, key);
  else if (!Array.isArray(holder)) holder['unheardOf'] = other;
  return copy;
}
