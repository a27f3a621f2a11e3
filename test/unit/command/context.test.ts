import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { CommandIo } from '../../../src/command/command-io.ts';
import { CommandContext } from '../../../src/command/context.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const stated = file('stated.yaml', 'control: { path: /run/file.sock }\n');
const silent = file('silent.yaml', 'services: []\n');
const off = file('off.yaml', 'control: false\n');

function contextOf(flags: object, env: object = {}): Promise<CommandContext> {
  const command = { optsWithGlobals: () => flags, parent: null, name: () => 'sluice' } as unknown as Command;
  return CommandContext.of(command, { env } as unknown as CommandIo);
}

const inEnv = { SLUICE_CONTROL: '/run/env.sock' };
const ofSystemd = { RUNTIME_DIRECTORY: '/run/sluice' };
const inFile = { path: '/run/given.sock' };

describe('the path of the control socket', () => {
  it.each([
    ['a flag', { control: '/run/flag.sock', config: stated }, inEnv, inFile, '/run/flag.sock'],
    ['the file of a flag', { config: stated }, inEnv, inFile, '/run/file.sock'],
    ['the environment', {}, inEnv, inFile, '/run/env.sock'],
    [
      'the environment, where the file of a flag does not say',
      { config: silent },
      inEnv,
      undefined,
      '/run/env.sock',
    ],
    ['the file that the command is about', {}, ofSystemd, inFile, '/run/given.sock'],
    ['nobody', {}, ofSystemd, undefined, '/run/sluice/control.sock'],
    [
      'an environment without a value',
      {},
      { ...ofSystemd, SLUICE_CONTROL: '' },
      undefined,
      '/run/sluice/control.sock',
    ],
    ['a file that wants none', {}, {}, false, false],
    ['the file of a flag that wants none', { config: off }, inEnv, inFile, false],
  ] as const)('is as %s says', async (_, flags, env, given, path) => {
    const context = await contextOf(flags, env);
    expect(context.controlPath(given)).toBe(path);
    if (path === false) expect(() => context.clientFor(given)).toThrow('takes no orders');
  });

  it('is not looked for in a file where a flag says it', async () => {
    await contextOf({ control: '/run/flag.sock', config: join(folder, 'gone.yaml') });
    await expect(contextOf({ config: join(folder, 'gone.yaml') })).rejects.toThrow('no such file');
  });
});
