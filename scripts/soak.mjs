// Runs many sessions with every kind of end, and compares what the process holds before and after: --help tells.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../test/support/soak/soak.ts', import.meta.url));
const { status } = spawnSync(
  process.execPath,
  ['--expose-gc', '--import', 'tsx', program, ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
