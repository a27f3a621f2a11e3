// Runs the micro benchmarks one after the other, each in a process of its own so that none warms up another.
// `npm run bench -- pick` runs only the files whose path contains "pick".
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = join('bench', 'micro');
const [wanted = ''] = process.argv.slice(2);
const files = (existsSync(folder) ? readdirSync(folder, { recursive: true }) : [])
  .filter((file) => file.endsWith('.bench.ts') && file.includes(wanted))
  .sort();

if (files.length === 0) {
  console.error(`no ${join(folder, `*${wanted}*.bench.ts`)}`);
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
