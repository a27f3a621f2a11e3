import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'tsup';
import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/runtime/seeded-random.ts';
import { systemClock } from '../../../src/runtime/system-runtime.ts';
import { decodeSnapshot } from '../../../src/snapshot/decode-snapshot.ts';
import { numberOf } from '../../support/numbered-snapshot.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const source = new URL('../../support/programs/snapshot-writer.ts', import.meta.url).pathname;

/** More than the steps of a start and a write: every one of them is the last of some process. */
const steps = 70;
const atRandom = 30;
/** Processes at once; each has a file of its own. */
const chains = 2;

interface Death {
  /** 0 for none of them. */
  readonly step: number;
  readonly killAfterMs: number;
}

/** Writes until it is killed. @returns the last number that it said was written, undefined for none */
async function writeAndDie(
  program: string,
  path: string,
  { step, killAfterMs }: Death,
): Promise<number | undefined> {
  const child = spawn(process.execPath, [program, path, String(step)]);
  let text = '';
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => {
    if (text === '' && step === 0) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    text += chunk.toString();
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(signal, errors).toBe('SIGKILL');
  const numbers = text
    .split('\n')
    .slice(0, -1)
    .filter((line) => line !== 'restored');
  return numbers.length === 0 ? undefined : Number(numbers.at(-1));
}

/** What a process that starts now would find; 0 where nothing was ever written. */
async function find(path: string): Promise<number> {
  for (const name of [path, `${path}.previous`]) {
    try {
      return numberOf(await decodeSnapshot(await readFile(name), systemClock));
    } catch {
      // The next one, as `restore` does.
    }
  }
  return 0;
}

describe('a process that is killed while it writes snapshots', () => {
  const folder = temporaryFolder();
  const program = join(folder, 'writer.js');

  // One that is translated once starts at once.
  beforeAll(async () => {
    await build({ entry: { writer: source }, outDir: folder, format: 'esm', silent: true, config: false });
  });

  it('leaves a whole one, not older than the last that was written, at every step of its work', async () => {
    const random = seededRandom(1);
    const runs = Array.from<unknown, Death>({ length: steps + atRandom }, (_, run) => ({
      step: run < steps ? run + 1 : 0,
      killAfterMs: random() * 30,
    }));
    let outcomes = 0;
    const chain = async (number: number): Promise<void> => {
      const path = join(folder, `${number}.snapshot`);
      let known = 0;
      for (const death of runs.filter((_, index) => index % chains === number)) {
        const written = (await writeAndDie(program, path, death)) ?? known;
        known = await find(path);
        // The next one may have been complete, and not yet told.
        expect([written, written + 1], JSON.stringify(death)).toContain(known);
        outcomes += 1;
      }
      // What the dead left is removed by the next one: at most its own rests are there.
      const rests = readdirSync(folder).filter(
        (name) => name.startsWith(`${number}.`) && name.endsWith('.tmp'),
      );
      expect(rests.length).toBeLessThan(3);
    };
    await Promise.all(Array.from({ length: chains }, (_, number) => chain(number)));
    expect(outcomes).toBe(steps + atRandom);
  });
});
