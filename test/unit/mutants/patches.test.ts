import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { projectPath } from '../docs/markdown.ts';

const patches = readdirSync(projectPath('test/mutants')).filter((name) => name.endsWith('.patch'));

it.each(patches)('%s applies to the code as it is', (patch) => {
  const options = { cwd: projectPath(''), encoding: 'utf8' } as const;
  expect(spawnSync('git', ['apply', '--check', `test/mutants/${patch}`], options).stderr).toBe('');
});
