import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { linuxProblem } from '../../../src/engine/linux/self-test.ts';

const program = new URL('../../support/programs/end-workers.ts', import.meta.url).pathname;

/** Threads share the descriptors of their process, and Node knows nothing of those of this engine. */
describe.skipIf(linuxProblem() !== undefined)('the linux engine in a worker thread', () => {
  it.each(['close', 'exit', 'throw', 'terminate'])(
    'leaves nothing behind after %s amid traffic',
    async (ending) => {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--import', 'tsx', program, ending, '4'],
        { timeout: 30_000 },
      );
      expect(stdout.trim()).toBe('0');
    },
    30_000,
  );
});
