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
file, and expects one to fail. Without a change they must pass, which is tried first. A NAME is the beginning of a patch's file name; without any, all are tried.`);
  process.exit(0);
}

const wanted = process.argv.slice(2);
const names = readdirSync(patches)
  .filter((name) => name.endsWith('.patch'))
  .filter((name) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)))
  .sort();
const copy = mkdtempSync(join(tmpdir(), 'sluice-mutants-'));
/** Quick ones first. */
const phases = [
  ['unit', 'property', 'contract'],
  ['integration', 'defects'],
];
const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' });

let unnoticed = 0;
try {
  check(git('worktree', 'add', '--detach', '--force', copy, 'HEAD'), 'the copy cannot be made');
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const files = [...new Set(names.map(fileOf))];
  if (!pass(files, phases[0] ?? [])) throw new Error('the tests fail without any change: mend them first');
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
  check(inCopy('git', ['apply', patch]), `${name} does not apply: make it anew`);
  const isNoticed = phases.some((projects) => !pass([fileOf(name)], projects));
  check(inCopy('git', ['checkout', '--quiet', '--', '.']), 'the copy cannot be restored');
  return isNoticed;
}

/** The file that a patch changes. */
function fileOf(name) {
  return /^\+\+\+ b\/(.+)$/m.exec(readFileSync(join(patches, name), 'utf8'))?.[1] ?? '';
}

/** Do the tests pass that depend on the files? One that hangs is ended by the time limit. */
function pass(files, projects) {
  const args = ['vitest', 'related', ...files, '--run', '--bail', '1', '--passWithNoTests'];
  const selected = projects.flatMap((project) => ['--project', project]);
  return (
    spawnSync('npx', [...args, ...selected], { cwd: copy, stdio: 'ignore', timeout: 900_000 }).status === 0
  );
}

function inCopy(command, args) {
  return spawnSync(command, args, { cwd: copy, encoding: 'utf8' });
}

function check({ status, stderr }, message) {
  if (status === 0) return;
  throw new Error(`${message}\n${stderr}`);
}
