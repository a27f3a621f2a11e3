import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const script = new URL('../../scripts/soak.mjs', import.meta.url).pathname;

it('leaves nothing behind after sessions with every kind of end', async () => {
  const run = promisify(execFile)(process.execPath, [script, '--sessions', '3000'], { timeout: 60_000 });
  expect((await run).stdout).toContain('nothing was left behind');
}, 60_000);
