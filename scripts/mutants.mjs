// Breaks the code on purpose, one line at a time, and asks whether the tests notice: --help tells.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const patches = join(root, 'test/mutants');

if (process.argv.includes('--help')) {
  console.log(`npm run mutants [-- NAME…]

Applies each patch of test/mutants to a copy of the committed sources, runs the tests that depend on the changed
file, and expects one to fail, whose name is printed. Without a change they must pass, which is tried first. A NAME
is the beginning of a patch's file name; without any, all are tried.`);
  process.exit(0);
}

const wanted = process.argv.slice(2);
const names = readdirSync(patches)
  .filter((name) => name.endsWith('.patch'))
  .filter((name) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)))
  .sort();
const copy = mkdtempSync(join(tmpdir(), 'sluice-mutants-'));
const report = `${copy}.json`;
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
  const failed = firstFailure(files, phases.flat());
  if (failed !== undefined) throw new Error(`without any change, a test fails; mend it first: ${failed}`);
  for (const name of names) {
    const startMs = performance.now();
    const noticedBy = tryMutant(name);
    if (noticedBy === undefined) unnoticed += 1;
    const seconds = Math.round((performance.now() - startMs) / 1000);
    console.log(
      `${name}, ${seconds} s: ${noticedBy === undefined ? 'NOT NOTICED' : `noticed by ${noticedBy}`}`,
    );
  }
} finally {
  git('worktree', 'remove', '--force', copy);
  rmSync(copy, { recursive: true, force: true });
  rmSync(report, { force: true });
}
console.log(`${names.length - unnoticed} of ${names.length} noticed`);
process.exit(unnoticed === 0 ? 0 : 1);

/** @returns the test that fails with it, if any does */
function tryMutant(name) {
  const patch = join(patches, name);
  check(inCopy('git', ['apply', patch]), `${name} does not apply: make it anew`);
  let noticedBy;
  for (const projects of phases) noticedBy ??= firstFailure([fileOf(name)], projects);
  check(inCopy('git', ['checkout', '--quiet', '--', '.']), 'the copy cannot be restored');
  return noticedBy;
}

/** The file that a patch changes. */
function fileOf(name) {
  return /^\+\+\+ b\/(.+)$/m.exec(readFileSync(join(patches, name), 'utf8'))?.[1] ?? '';
}

/**
 * Runs the tests that depend on the files, until one fails. A run that hangs is ended by the time limit.
 * @returns the name of the test that fails, if any does
 */
function firstFailure(files, projects) {
  const args = ['vitest', 'related', ...files, '--run', '--bail', '1', '--passWithNoTests'];
  const selected = projects.flatMap((project) => ['--project', project]);
  const reporter = ['--reporter', 'json', '--outputFile', report];
  rmSync(report, { force: true });
  const options = { cwd: copy, stdio: 'ignore', timeout: 900_000 };
  const { status } = spawnSync('npx', [...args, ...selected, ...reporter], options);
  if (status === 0) return undefined;
  if (!existsSync(report)) return `a run that did not end well (status ${status})`;
  for (const file of JSON.parse(readFileSync(report, 'utf8')).testResults) {
    const test = file.assertionResults.find((result) => result.status === 'failed');
    if (test !== undefined) return `"${test.fullName}"`;
    if (file.status === 'failed') return `${file.name.slice(copy.length + 1)}, which did not run`;
  }
  return `errors outside of tests (status ${status})`;
}

function inCopy(command, args) {
  return spawnSync(command, args, { cwd: copy, encoding: 'utf8' });
}

function check({ status, stderr }, message) {
  if (status === 0) return;
  throw new Error(`${message}\n${stderr}`);
}
