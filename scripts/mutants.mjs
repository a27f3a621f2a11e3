// Breaks the code on purpose, one line at a time, and asks whether the tests notice: --help tells.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const patches = join(root, 'test/mutants');

if (process.argv.includes('--help')) {
  console.log(`npm run mutants [-- NAME…]

Applies each patch of test/mutants to a copy of the committed sources, runs the tests that depend on the changed
file, and expects one to fail. A NAME is the beginning of a patch's file name; without any, all are tried.`);
  process.exit(0);
}

const wanted = process.argv.slice(2);
const names = readdirSync(patches)
  .filter((name) => name.endsWith('.patch'))
  .filter((name) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)))
  .sort();
const copy = mkdtempSync(join(tmpdir(), 'sluice-mutants-'));
const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' });

let unnoticed = 0;
try {
  check(git('worktree', 'add', '--detach', '--force', copy, 'HEAD'), 'the copy cannot be made');
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const name of names) {
    const startMs = performance.now();
    const isNoticed = tryMutant(name);
    if (!isNoticed) unnoticed += 1;
    console.log(
      `${isNoticed ? 'noticed' : 'NOT NOTICED'}  ${name}  ${Math.round((performance.now() - startMs) / 1000)} s`,
    );
  }
} finally {
  git('worktree', 'remove', '--force', copy);
  rmSync(copy, { recursive: true, force: true });
}
console.log(`${names.length - unnoticed} of ${names.length} noticed`);
process.exit(unnoticed === 0 ? 0 : 1);

/** @returns whether a test fails with it */
function tryMutant(name) {
  const patch = join(patches, name);
  const inCopy = (command, args) => spawnSync(command, args, { cwd: copy, encoding: 'utf8' });
  check(inCopy('git', ['apply', patch]), `${name} does not apply: make it anew`);
  const file = /^\+\+\+ b\/(.+)$/m.exec(readFileSync(patch, 'utf8'))?.[1] ?? '';
  // Quick ones first. A mutant may also make a test hang: that is noticed by the time limit.
  const isNoticed = [
    ['--project', 'unit', '--project', 'property', '--project', 'contract'],
    ['--project', 'integration', '--project', 'defects'],
  ].some((projects) => {
    const args = ['vitest', 'related', file, '--run', '--bail', '1', '--passWithNoTests', ...projects];
    return spawnSync('npx', args, { cwd: copy, stdio: 'ignore', timeout: 600_000 }).status !== 0;
  });
  check(inCopy('git', ['checkout', '--quiet', '--', '.']), 'the copy cannot be restored');
  return isNoticed;
}

function check({ status, stderr }, message) {
  if (status === 0) return;
  throw new Error(`${message}\n${stderr}`);
}
