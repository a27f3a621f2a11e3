// Runs a user's test with Jest, in its default configuration, over the packed package:
//   npm run test:jest -- [versions, by default 29 30]
// Jest is no dependency of this project: each version comes from the registry, once. Exit code 0: all passed everywhere.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const asked = process.argv.slice(2);
const versions = asked.length > 0 ? asked : ['29', '30'];
const bad = versions.filter((version) => !/^\d+(\.\d+){0,2}$/.test(version));
if (bad.length > 0) {
  console.error(`versions are numbers such as 30 or 29.7.0, not ${bad.join(', ')}`);
  process.exit(2);
}

function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`);
}

/** Installs one version, once. @returns the path of its program */
function install(version) {
  const folder = resolve('node_modules', '.cache', 'jest', version);
  const program = join(folder, 'node_modules', 'jest', 'bin', 'jest.js');
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const options = ['--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  run('npm', ['install', ...options, `jest@${version}`]);
  return program;
}

const programs = versions.map(install);
const project = mkdtempSync(join(tmpdir(), 'sluice-jest-'));
try {
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, 'sluice'), { recursive: true });
  run('npm', ['pack', '--silent', '--pack-destination', project]);
  const tarball = readdirSync(project).find((file) => file.endsWith('.tgz'));
  run('tar', ['-xzf', tarball, '-C', join(modules, 'sluice'), '--strip-components=1'], project);
  for (const name of ['eventemitter3', 'tslib']) {
    symlinkSync(resolve('node_modules', name), join(modules, name));
  }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'user', private: true }));
  cpSync(resolve('test', 'package', 'jest-user.cjs'), join(project, 'user.test.js'));
  for (const program of programs) run(process.execPath, [program, '--rootDir', project], project);
} finally {
  rmSync(project, { recursive: true, force: true });
}
