import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linuxProblem } from '../../src/engine/linux/self-test.ts';
import { run } from '../support/real-software.ts';
import { readmePrograms } from './readme-program.ts';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A user's project, with nothing in it but the packed package and the dependencies that it declares. */
let project: string;
let installed: string;
let manifest: Manifest;
let packedFiles: readonly string[];

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'sluice-package-'));
  installed = join(project, 'node_modules', 'sluice');
  await mkdir(installed, { recursive: true });
  await succeed('npm', ['pack', '--silent', '--pack-destination', project], root);
  const tarball = (await readdir(project)).find((file) => file.endsWith('.tgz'))!;
  await succeed('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'], project);
  packedFiles = await filesUnder(installed);
  manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Manifest;
  for (const name of Object.keys(manifest.dependencies)) await link(name);
});

afterAll(async () => {
  await rm(project, { recursive: true, force: true });
});

describe('the packed files', () => {
  it('are the build, the licence and what people read', () => {
    const expected =
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|schema\/sluice\.json|dist\/[\w-]+\.(js|js\.map|d\.ts))$/u;
    expect(packedFiles.filter((file) => !expected.test(file))).toEqual([]);
    expect(packedFiles).toEqual(
      expect.arrayContaining(['README.md', 'schema/sluice.json', 'LICENSE', 'CHANGELOG.md']),
    );
  });

  it('take their language helpers from tslib and bring none of their own', async () => {
    const scripts = packedFiles.filter((file) => file.endsWith('.js'));
    const sources = await Promise.all(scripts.map((file) => readFile(join(installed, file), 'utf8')));
    const code = sources.join('\n');
    expect(code).toMatch(/from ["']tslib["']/u);
    expect(code).not.toMatch(/var (__\w+) = (\(|function|Object\.)/u);
  });
});

describe('the exports', () => {
  it('name files that are in the package', () => {
    const files = Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : [entry.types, entry.default],
    );
    expect(files.filter((file) => !existsSync(join(installed, file)))).toEqual([]);
  });

  it('can be imported and required, and are the same module either way', async () => {
    const entries = Object.keys(manifest.exports).filter((entry) => !entry.endsWith('.json'));
    const names = entries.map((entry) => `sluice${entry.slice(1)}`);
    const output = await runProgram(
      'entries.mjs',
      `import { createRequire } from 'node:module';
       const require = createRequire(import.meta.url);
       for (const name of ${JSON.stringify(names)}) {
         const imported = await import(name);
         const required = require(name);
         const same = Object.keys(imported).every((key) => imported[key] === required[key]);
         console.log(name, Object.keys(imported).length > 0 && same);
       }`,
    );
    expect(output.trim().split('\n')).toEqual(names.map((name) => `${name} true`));
  });

  it('hide everything else', async () => {
    const output = await runProgram(
      'hidden.mjs',
      `await import('sluice/dist/index.js').catch((error) => console.log(error.code));`,
    );
    expect(output.trim()).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('have types that a strict project compiles against, declarations included', async () => {
    await link('@types/node');
    await link('undici-types');
    await writeFile(
      join(project, 'user.mts'),
      `import * as sluice from 'sluice';\nimport * as testing from 'sluice/testing';\nexport { sluice, testing };\n`,
    );
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'nodenext', '--types', 'node'];
    await succeed(process.execPath, [tsc, ...options, 'user.mts'], project);
  });
});

describe('the first program of the README', () => {
  it('runs as an ES module and prints what the README says', async () => {
    const { source, output } = (await programs()).esm;
    expect(await runProgram('first.mjs', source)).toBe(output);
  });

  it('runs as CommonJS and prints the same', async () => {
    const { source, output } = (await programs()).commonJs;
    expect(await runProgram('first.cjs', source)).toBe(output);
  });

  async function programs(): Promise<ReturnType<typeof readmePrograms>> {
    return readmePrograms(await readFile(join(root, 'README.md'), 'utf8'));
  }
});

describe('workers', () => {
  it('start from the packed files', async ({ skip }) => {
    skip(linuxProblem() !== undefined, linuxProblem());
    await link('koffi');
    const output = await runProgram(
      'workers.mjs',
      `import { createServer } from 'node:http';
       import { Balancer } from 'sluice';
       const server = createServer((request, response) => response.end('from the server')).listen(0, '127.0.0.1');
       await new Promise((resolve) => server.once('listening', resolve));
       const { port } = server.address();
       const servers = [{ name: 'a', host: '127.0.0.1', port }];
       const service = { name: 'web', mode: 'http', host: '127.0.0.1', port: 0, servers };
       const balancer = new Balancer({ engine: 'linux', workers: 2, services: [service] });
       await balancer.start();
       const [web] = balancer.overview().services;
       const response = await fetch('http://127.0.0.1:' + web.listeners[0].port, { headers: { connection: 'close' } });
       console.log(await response.text());
       await balancer.stop();
       server.close();`,
    );
    expect(output.trim()).toBe('from the server');
  });
});

/** Makes a dependency of this project one of the user's project: no network is needed to install it. */
async function link(name: string): Promise<void> {
  const place = join(project, 'node_modules', name);
  await mkdir(dirname(place), { recursive: true });
  await symlink(join(root, 'node_modules', name), place);
}

/** Runs a program in the user's project and gives what it printed. */
async function runProgram(file: string, source: string): Promise<string> {
  await writeFile(join(project, file), source);
  return succeed(process.execPath, [file], project);
}

async function succeed(command: string, args: readonly string[], cwd: string): Promise<string> {
  const result = await run(command, args, { cwd, timeoutMs: 110_000 });
  if (result.exitCode === 0) return result.stdout;
  const how = result.timedOut ? 'did not end in time' : `failed with ${result.exitCode ?? 'a signal'}`;
  throw new Error(`${command} ${args.join(' ')} ${how}:\n${result.output}`);
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
