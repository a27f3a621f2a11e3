import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { OptionReader } from '../../../src/base/options.ts';
import type { JsonSchema } from '../../../src/base/option-schema.ts';
import { describeConfig, readValues } from '../../../src/config/read-config.ts';
import { change, changed, valueOf } from './schema-arbitrary.ts';

const schema = describeConfig();
const definitions = schema['$defs'] as Readonly<Record<string, JsonSchema>>;
const isValid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
const config = valueOf(schema, definitions);

/** The problems of values by themselves: what only the meaning of a text tells, or several options, is not the form. */
function formProblems(value: unknown): readonly string[] {
  const meaning = vi.spyOn(OptionReader.prototype, 'problem').mockImplementation(() => undefined);
  try {
    const reader = new OptionReader('', value);
    readValues(reader);
    reader.refuseUnknownKeys();
    return reader.problems.map(
      ({ path, expected, actual }) => `${path}: expected ${expected}, got ${actual}`,
    );
  } finally {
    meaning.mockRestore();
  }
}

function expectSame(value: unknown): void {
  const problems = formProblems(value);
  if (isValid(value) === (problems.length === 0)) return;
  const schemaSays = isValid.errors
    ?.map(({ instancePath, message }) => `${instancePath} ${message}`)
    .join('\n');
  const text = JSON.stringify(value);
  throw new Error(`${text}\nthe reader: ${problems.join('\n')}\nthe schema: ${schemaSays ?? ''}`);
}

describe('the schema of configurations', () => {
  it('accepts what the reader accepts', () => {
    let accepted = 0;
    fc.assert(
      fc.property(config, (value) => {
        expectSame(value);
        if (isValid(value)) accepted += 1;
      }),
      { numRuns: 2000 },
    );
    expect(accepted).toBeGreaterThan(200);
  });

  it('refuses what the reader refuses, somewhere in an otherwise right configuration', () => {
    fc.assert(
      fc.property(config, change, (value, what) => {
        expectSame(changed(value, what));
      }),
      { numRuns: 4000 },
    );
  });

  it.each([null, [], 'text', 5, {}, { services: [] }, { services: [null] }])('refuses %j', (value) => {
    expectSame(value);
    expect(isValid(value)).toBe(false);
  });
});
