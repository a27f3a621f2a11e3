import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { OptionReader } from '../../../src/base/options.ts';
import type { JsonSchema } from '../../../src/base/option-schema.ts';
import { describeOptions, readValues } from '../../../src/config/read-config.ts';
import { readRunOptions } from '../../../src/file/run-options.ts';
import { change, changed, valueOf } from './schema-arbitrary.ts';

type Read = (reader: OptionReader) => unknown;

/** The problems of values by themselves: what only the meaning of a text tells, or several options, is not the form. */
function formProblems(value: unknown, read: Read): readonly string[] {
  const meaning = vi.spyOn(OptionReader.prototype, 'problem').mockImplementation(() => undefined);
  try {
    const reader = new OptionReader('', value);
    read(reader);
    reader.refuseUnknownKeys();
    return reader.problems.map(
      ({ path, expected, actual }) => `${path}: expected ${expected}, got ${actual}`,
    );
  } finally {
    meaning.mockRestore();
  }
}

const subjects: readonly (readonly [string, Read, wrong: readonly unknown[]])[] = [
  ['configurations', readValues, [{}, { services: [] }, { services: [null] }]],
  [
    'what a run does beside',
    (reader) => readRunOptions(reader, '/'),
    [{ control: true }, { metrics: {} }, { accessLog: { to: 'a', services: [] } }],
  ],
];

describe.each(subjects)('the schema of %s', (_, read, wrong) => {
  const schema = describeOptions(read);
  const isValid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
  const values = valueOf(schema, schema['$defs'] as Readonly<Record<string, JsonSchema>>);

  function expectSame(value: unknown): void {
    const problems = formProblems(value, read);
    if (isValid(value) === (problems.length === 0)) return;
    const schemaSays = isValid.errors
      ?.map(({ instancePath, message }) => `${instancePath} ${message}`)
      .join('\n');
    const text = JSON.stringify(value);
    throw new Error(`${text}\nthe reader: ${problems.join('\n')}\nthe schema: ${schemaSays ?? ''}`);
  }

  it('accepts what the reader accepts', () => {
    let accepted = 0;
    fc.assert(
      fc.property(values, (value) => {
        expectSame(value);
        if (isValid(value)) accepted += 1;
      }),
      { numRuns: 2000 },
    );
    expect(accepted).toBeGreaterThan(200);
  });

  it('refuses what the reader refuses, somewhere in otherwise right values', () => {
    fc.assert(
      fc.property(values, change, (value, what) => {
        expectSame(changed(value, what));
      }),
      { numRuns: 4000 },
    );
  });

  it.each([null, [], 'text', 5, ...wrong])('refuses %j', (value) => {
    expectSame(value);
    expect(isValid(value)).toBe(false);
  });
});
