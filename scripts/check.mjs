// Everything that must hold of a change besides its tests, cheapest first. Stops at the first failure.
import { spawnSync } from 'node:child_process';

/** The npm script of each step, and what to do where it fails. */
const steps = [
  ['format:check', 'run: npm run format'],
  ['lint', 'some findings mend themselves: npm run lint -- --fix'],
  ['types', 'mend the type errors above'],
  ['layers', 'the table of layers is in .dependency-cruiser.cjs'],
  ['unused', 'remove what nothing uses, or use it'],
  ['build', 'mend the errors above'],
  ['publint', 'mend package.json'],
  ['attw', 'mend the "exports" and types of the package'],
  ['api:check', 'if the change of the public API is wanted: npm run api, and commit etc/sluice.api.md'],
];

// The build is a step of its own: packing must not repeat it.
const env = { ...process.env, npm_config_ignore_scripts: 'true' };
const seconds = (sinceMs) => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;
const startMs = performance.now();

for (const [step, remedy] of steps) {
  console.log(`\n== ${step}`);
  const stepStartMs = performance.now();
  const { status, signal } = spawnSync('npm', ['run', '--silent', step], { env, stdio: 'inherit' });
  if (status !== 0) {
    const how = signal === null ? `exit code ${status}` : `signal ${signal}`;
    console.error(`\ncheck failed at "${step}" (${how}); ${remedy}`);
    process.exit(1);
  }
  console.log(`== ${step}: passed in ${seconds(stepStartMs)}`);
}
console.log(`\ncheck passed: ${steps.length} steps in ${seconds(startMs)}`);
