// Runs the micro benchmarks one after the other, each in a process of its own so that none warms up another.
// `npm run bench -- --help` says how to run some of them.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const folder = join('bench', 'micro');
const suffix = '.bench.ts';
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', short: 'h', default: false } },
});
const all = (existsSync(folder) ? readdirSync(folder, { recursive: true }) : [])
  .filter((file) => file.endsWith(suffix))
  .sort();
const names = all.map((file) => file.slice(0, -suffix.length)).join(', ');

if (values.help) {
  console.log(`Usage: npm run bench -- [names]

Runs micro benchmarks: those whose names contain one of these, or all. Each step's time is that of its best round,
and the mean of all with its margin of error.

Benchmarks: ${names}`);
  process.exit(0);
}

const files = all.filter(
  (file) => positionals.length === 0 || positionals.some((name) => file.includes(name)),
);
if (files.length === 0) {
  console.error(`no benchmark is called ${positionals.join(' or ')}; there are: ${names}`);
  process.exit(1);
}
let failures = 0;
for (const file of files) {
  console.log(`\n== ${file}`);
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', join(folder, file)], {
    stdio: 'inherit',
  });
  if (status !== 0) failures++;
}
if (failures > 0) {
  console.error(`\n${failures} of ${files.length} benchmarks failed`);
  process.exit(1);
}
