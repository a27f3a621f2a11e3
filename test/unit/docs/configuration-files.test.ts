import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { lintConfig } from '../../../src/config/lint.ts';
import { rawValue } from '../../../src/file/file-node.ts';
import { describeConfigFile } from '../../../src/file/file-schema.ts';
import { readConfigFile, readConfigText } from '../../../src/file/read-config-file.ts';
import { oneService } from '../file/file-scene.ts';
import { Page, projectPath } from './markdown.ts';

const isValid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(describeConfigFile());
const snippets = new Page('docs/configuration-file.md').blocks.filter(({ language }) => language === 'yaml');

describe('configuration files that are shown', () => {
  it.each(snippets.map(({ code }) => code))('%#', async (code) => {
    const text = code.includes('services:\n') ? code : `${code}\n${oneService()}`;
    const { document } = await readConfigText('pacs.yaml', 'yaml', text, { environment: {} });
    isValid(rawValue(document!.root));
    expect(isValid.errors).toBeNull();
  });

  it('are there', () => {
    expect(snippets).toHaveLength(2);
  });

  it('examples/deploy/pacs.yaml says all that a run does, and nothing that is to be mended', async () => {
    const environment = { STATE_DIRECTORY: '/var/lib/sluice', DICOM_PORT: '11104' };
    const { run, value } = await readConfigFile(projectPath('examples/deploy/pacs.yaml'), { environment });
    expect(run).toMatchObject({
      control: { path: projectPath('examples/deploy/control.sock') },
      snapshotFile: { path: '/var/lib/sluice/pacs.snapshot', intervalMs: 60_000 },
      accessLog: { sampleRatio: 0.1, services: ['DICOM'] },
      metrics: { port: 9464 },
    });
    expect(lintConfig(value)).toEqual([]);
  });
});
