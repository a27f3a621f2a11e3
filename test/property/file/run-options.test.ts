import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../../src/base/option-schema.ts';
import { describeOptions, readConfig } from '../../../src/config/read-config.ts';
import { rawValue } from '../../../src/file/file-node.ts';
import { describeConfigFile } from '../../../src/file/file-schema.ts';
import { readConfigText } from '../../../src/file/read-config-file.ts';
import { readRunOptions, type RunOptions } from '../../../src/file/run-options.ts';
import { readStatedOptions } from '../../../src/file/stated-options.ts';
import { writeConfig } from '../../../src/file/write-config.ts';
import { valueOf } from '../config/schema-arbitrary.ts';
import { configs } from './configurations.ts';

const isValid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(describeConfigFile());
const schema = describeOptions((reader) => readRunOptions(reader, '/'));
const runs = valueOf(schema, schema['$defs'] as Readonly<Record<string, JsonSchema>>);

/** All that a file may state, right as a whole. */
const files = fc
  .tuple(configs, runs)
  .map(([config, run]) => {
    const { accessLog, ...others } = JSON.parse(JSON.stringify(run)) as RunOptions;
    // Names that are drawn at random are hardly those of services.
    const services = config.services.map(({ name }) => name);
    const log = typeof accessLog === 'object' &&
      accessLog.services !== undefined && { ...accessLog, services };
    return {
      config,
      run: { ...others, ...(accessLog === undefined ? {} : { accessLog: log || accessLog }) },
    };
  })
  .filter(({ config, run }) => {
    try {
      readStatedOptions({ ...config, ...run }, '/etc');
      return true;
    } catch {
      return false;
    }
  });

describe('what a file states of a run', () => {
  it('is read as it was written, and leaves the configuration as it is', async () => {
    const stated = new Set<string>();
    await fc.assert(
      fc.asyncProperty(files, fc.constantFrom('yaml', 'json'), async ({ config, run }, format) => {
        const text = writeConfig({ ...run, ...config }, { format });
        const read = await readConfigText('/etc/x', format, text, { environment: {} });
        expect(read.run).toEqual(readStatedOptions({ ...config, ...run }, '/etc').run);
        expect(read.config).toEqual(readConfig(config));
        expect(Object.keys(read.value)).not.toContain('accessLog');
        isValid(rawValue(read.document!.root));
        expect(isValid.errors).toBeNull();
        for (const [key, options] of Object.entries(read.run)) if (options !== false) stated.add(key);
      }),
      { numRuns: 300 },
    );
    const objects = ['accessLog', 'admin', 'control', 'metrics', 'snapshotFile'];
    expect([...stated].sort()).toEqual([...objects, 'reloadGraceMs'].sort());
  });

  it('is complete once it is read: to read it again changes nothing', () => {
    fc.assert(
      fc.property(files, ({ config, run }) => {
        const once = readStatedOptions({ ...config, ...run }, '/etc');
        expect(readStatedOptions({ ...once.value, ...once.run }, '/elsewhere').run).toEqual(once.run);
      }),
      { numRuns: 300 },
    );
  });
});
