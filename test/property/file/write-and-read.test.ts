import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config/read-config.ts';
import { rawValue } from '../../../src/file/file-node.ts';
import { ConfigFileError } from '../../../src/file/file-problem.ts';
import { describeConfigFile } from '../../../src/file/file-schema.ts';
import { readConfigText } from '../../../src/file/read-config-file.ts';
import { writeConfig } from '../../../src/file/write-config.ts';
import { configs } from './configurations.ts';

const formats = fc.constantFrom('yaml' as const, 'json' as const);
const options = { environment: {} };
const isValid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(describeConfigFile());

describe('a configuration file', () => {
  it('states what was written', async () => {
    await fc.assert(
      fc.asyncProperty(configs, formats, async (config, format) => {
        const text = writeConfig(config, { format });
        const { config: read, document } = await readConfigText('x', format, text, options);
        expect(read).toEqual(readConfig(config));
        isValid(rawValue(document!.root));
        expect(isValid.errors).toBeNull();
      }),
      { numRuns: 200 },
    );
  });

  it('states texts of any characters', async () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });
    const odd = fc.constantFrom(
      '${A}',
      '$${A}',
      'null',
      '1e3',
      '0x1f',
      '- a',
      'a: b',
      '# a',
      'yes',
      '2024-01-01',
      '~',
      '\n',
      ' a ',
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, odd), formats, async (body, format) => {
        const service = {
          name: 'A',
          mode: 'http',
          port: 1,
          servers: [],
          fallback: { page: { body } },
        } as const;
        const { value } = await readConfigText(
          'x',
          format,
          writeConfig({ services: [service] }, { format }),
          options,
        );
        expect(value).toEqual({ services: [service] });
      }),
      { numRuns: 500 },
    );
  });

  it('is read or refused with places, wherever it is cut or changed', async () => {
    const harm = fc.record({
      at: fc.nat(),
      length: fc.oneof(fc.constant(0), fc.constant(1), fc.nat(20), fc.constant(1e6)),
      by: fc.oneof(
        fc.string({ maxLength: 3 }),
        fc.constantFrom(
          '',
          '\n',
          '\t',
          '*a',
          '&a ',
          '- ',
          '? ',
          ': ',
          '${',
          '{',
          ']',
          '"',
          '|\n',
          '!!set ',
          '\u0000',
          '\r',
          '---\n',
        ),
      ),
    });
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(configs, formats, harm, async (config, format, { at, length, by }) => {
        const whole = writeConfig(config, { format });
        const start = at % (whole.length + 1);
        const text = whole.slice(0, start) + by + whole.slice(start + length);
        try {
          await readConfigText('x', format, text, options);
        } catch (error) {
          if (!(error instanceof ConfigFileError)) throw error;
          refused += 1;
          const lines = text.split(/\r\n|[\r\n]/u);
          expect(error.problems).not.toEqual([]);
          for (const { line, column } of error.problems) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(column).toBeGreaterThanOrEqual(1);
            expect(column).toBeLessThanOrEqual((lines[line! - 1]?.length ?? -1) + 2);
          }
        }
      }),
      { numRuns: 1500 },
    );
    expect(refused).toBeGreaterThan(300);
  });
});
