import { existsSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linuxProblem } from '../../src/engine/linux/self-test.ts';
import { run } from '../support/real-software.ts';
import { readDockerfile, type Image } from './dockerfile.ts';
import { readmePrograms } from './readme-program.ts';

interface Manifest {
  readonly main: string;
  readonly types: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<'import' | 'require', EntryFiles>>>>;
}

interface EntryFiles {
  readonly types: string;
  readonly default: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A user's project, with nothing in it but the packed package and the dependencies that it declares. */
let project: string;
let installed: string;
let manifest: Manifest;
let packedFiles: readonly string[];
let tarball: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'sluice-package-'));
  installed = join(project, 'node_modules', 'sluice');
  await mkdir(installed, { recursive: true });
  await succeed('npm', ['pack', '--silent', '--pack-destination', project], root);
  tarball = (await readdir(project)).find((file) => file.endsWith('.tgz'))!;
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
    const expected = [
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|CONTRIBUTING\.md|schema\/sluice\.json)$/u,
      /^dist\/[\w-]+\.(js|js\.map|cjs|d\.ts|d\.cts)$/u,
      /^docs\/[\w/-]+\.(md|png)$/u,
      /^bench\/results\/[\w-]+\.(md|svg)$/u,
      /^examples\/([\w-]+\.ts|deploy\/(?:Dockerfile|pacs\.yaml))$/u,
      /^dist\/page\/(index\.html|page\.js|page\.css)$/u,
      /^dist\/third-party-notices\.txt$/u,
    ];
    expect(packedFiles.filter((file) => !expected.some((form) => form.test(file)))).toEqual([]);
    expect(packedFiles).toEqual(
      expect.arrayContaining(['README.md', 'schema/sluice.json', 'LICENSE', 'CHANGELOG.md']),
    );
  });

  it('have what their pages link to', async () => {
    const pages = packedFiles.filter((file) => file.endsWith('.md'));
    const links = await Promise.all(pages.map(linksOf));
    const missing = links.flat().filter((link) => !existsSync(join(installed, link.to)));
    expect(links.flat().length).toBeGreaterThan(30);
    expect(missing).toEqual([]);
  });

  it('have examples that need nothing but the package', async () => {
    const examples = packedFiles.filter((file) => /^examples\/.*\.ts$/u.test(file));
    const sources = await Promise.all(examples.map((file) => readFile(join(installed, file), 'utf8')));
    const imported = sources.flatMap((source) => [...source.matchAll(/\bfrom '([^']+)'/gu)]);
    const others = imported
      .map(([, name = '']) => name)
      .filter((name) => name !== 'sluice' && !name.startsWith('node:'));
    expect(others.filter((name) => !packedFiles.includes(join('examples', name)))).toEqual([]);
  });

  it('hold the code once: what is CommonJS only loads it', async () => {
    const loaders = packedFiles.filter((file) => file.endsWith('.cjs'));
    expect(loaders).toEqual(['dist/admin.cjs', 'dist/index.cjs', 'dist/testing.cjs']);
    const sizes = await Promise.all(loaders.map(async (file) => (await stat(join(installed, file))).size));
    expect(Math.max(...sizes)).toBeLessThan(1000);
  });

  it('take their language helpers from tslib and bring none of their own', async () => {
    // The command and the page have libraries of others inside.
    const others = ['dist/sluice.js', 'dist/page/page.js'];
    const scripts = packedFiles.filter((file) => file.endsWith('.js') && !others.includes(file));
    const sources = await Promise.all(scripts.map((file) => readFile(join(installed, file), 'utf8')));
    const code = sources.join('\n');
    expect(code).toMatch(/from ["']tslib["']/u);
    expect(code).not.toMatch(/var (__\w+) = (\(|function|Object\.)/u);
  });
});

describe('the command', () => {
  it('runs from the package alone, and has the notices of what it contains', async () => {
    const { stdout, exitCode } = await run(process.execPath, [join(installed, 'dist/sluice.js'), '--help']);
    expect([exitCode, stdout.includes('sluice [options] [command]')]).toEqual([0, true]);
    const notices = await readFile(join(installed, 'dist/third-party-notices.txt'), 'utf8');
    for (const name of ['commander', 'cli-table3', 'preact', 'yaml'])
      expect(notices).toMatch(new RegExp(`^${name} \\d`, 'mu'));
  });
});

describe('the Dockerfile', () => {
  let image: Image;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    image = readDockerfile(await readFile(join(installed, 'examples/deploy/Dockerfile'), 'utf8'));
    const folders = Object.entries(image.env).map(([name, folder]) => [name, join(project, folder)] as const);
    await Promise.all(folders.map(([, folder]) => mkdir(folder, { recursive: true })));
    const own = {
      PATH: process.env['PATH']!,
      HOME: project,
      VIP: '127.0.0.1',
      DICOM_PORT: '0',
      METRICS_PORT: '0',
    };
    env = { ...own, ...(Object.fromEntries(folders) as Record<string, string>) };
  });

  it('copies the packed package, and what lies beside it in a clone and in the package', () => {
    const [pattern = '', ...others] = image.copied;
    expect(tarball).toMatch(new RegExp(`^${pattern.replaceAll('.', '\\.').replace('*', '.*')}$`, 'u'));
    expect(others).toEqual(['pacs.yaml']);
    for (const folder of [root, installed]) {
      expect(existsSync(join(folder, 'examples/deploy/pacs.yaml'))).toBe(true);
    }
  });

  it('runs the example, can be asked whether it does, and ends at SIGTERM', async () => {
    const [program, ...args] = inPackage(image.runs);
    const balancer = spawn(process.execPath, [program!, ...args], {
      env,
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    const ended = once(balancer, 'exit');
    let said = '';
    const serves = new Promise<void>((resolve) => {
      balancer.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes('Orders:')) resolve();
      });
    });
    await Promise.race([serves, ended]);
    const status = await run(process.execPath, inPackage(image.healthCheck), { env });
    balancer.kill('SIGTERM');
    expect([status.exitCode, await ended]).toEqual([0, [0, null]]);
    const without = await run(process.execPath, inPackage(image.healthCheck), { env });
    expect(without.exitCode).toBe(1);
  });

  function inPackage(words: readonly string[]): readonly string[] {
    const places = new Map([
      ['sluice', join(installed, 'dist/sluice.js')],
      ['/etc/sluice/pacs.yaml', join(installed, 'examples/deploy/pacs.yaml')],
    ]);
    return words.map((word) => places.get(word) ?? word);
  }
});

describe('the exports', () => {
  it('name files that are in the package', () => {
    const named = Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'string'
        ? [entry]
        : [entry.import, entry.require].flatMap((files) => [files.types, files.default]),
    );
    const files = [...named, manifest.main, manifest.types];
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
});

describe('a strict TypeScript project', () => {
  const options = "{ vip: '127.0.0.1', servers: [{ name: 'A', host: '127.0.0.2' }] }";
  const named = `
    import { Balancer, infinittPreset, type BalancerConfig } from 'sluice';
    import { Admin } from 'sluice/admin';
    import { VirtualClock } from 'sluice/testing';
    const config: BalancerConfig = infinittPreset(${options});
    const balancer: Balancer = new Balancer(config);
    const open = (): Promise<Admin> => Admin.open(balancer, { folder: 'admin' });
    console.log(balancer instanceof Balancer, new VirtualClock().nowMs(), typeof open);`;
  const required = `
    import sluice = require('sluice');
    import administration = require('sluice/admin');
    import testing = require('sluice/testing');
    const balancer: sluice.Balancer = new sluice.Balancer(sluice.infinittPreset(${options}));
    const { open } = administration.Admin;
    console.log(balancer instanceof sluice.Balancer, new testing.VirtualClock().nowMs(), typeof open);`;
  const mixed = `
    import { Balancer, type BalancerConfig } from 'sluice';
    import type { Balancer as Required } from 'sluice' with { 'resolution-mode': 'require' };
    export const make = (config: BalancerConfig): Required => new Balancer(config);`;

  beforeAll(async () => {
    await link('@types/node');
    await link('undici-types');
  });

  it('compiles with moduleResolution node16, and runs as ES modules and as CommonJS', async () => {
    const files = { 'esm.mts': named, 'common.ts': named, 'required.cts': required, 'mixed.mts': mixed };
    await compile(files, '--module', 'node16', '--moduleResolution', 'node16');
    expect(await readFile(join(project, 'common.js'), 'utf8')).toContain('require("sluice")');
    for (const file of ['esm.mjs', 'common.js', 'required.cjs']) {
      expect(await succeed(process.execPath, [file], project)).toBe('true 0 function\n');
    }
  });

  it('compiles with moduleResolution bundler', async () => {
    const options = ['--module', 'esnext', '--moduleResolution', 'bundler', '--noEmit', '--skipLibCheck'];
    await compile({ 'bundled.ts': named }, ...options);
  });

  it('finds the types also as TypeScript did before it knew "exports"', () => {
    const options = { moduleResolution: ts.ModuleResolutionKind.Node10 };
    const found = ts.resolveModuleName('sluice', join(project, 'old.ts'), options, ts.sys);
    expect(found.resolvedModule?.resolvedFileName).toBe(join(installed, 'dist/index.d.cts'));
  });

  // Without `--skipLibCheck`, it checks the declarations themselves as well.
  async function compile(sources: Readonly<Record<string, string>>, ...args: string[]): Promise<void> {
    for (const [file, source] of Object.entries(sources)) await writeFile(join(project, file), source);
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--strict', '--target', 'es2022', '--types', 'node', ...args];
    await succeed(process.execPath, [tsc, ...options, ...Object.keys(sources)], project);
  }
});

describe('Jest', () => {
  // `npm run test:jest` has Jest itself run the same test.
  it('runs a test that requires the package, though its `require` cannot load ES modules', async () => {
    await copyFile(join(root, 'test', 'package', 'jest-user.cjs'), join(project, 'user.test.cjs'));
    const output = await runProgram('jest-like.cjs', jestLike);
    expect(output.trim().split('\n')).toEqual([
      'passed: a listener passes requests on, checks its server and reports',
      'passed: its errors are what it exports',
      'passed: its tools for tests work',
      'the same module outside: true',
    ]);
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

/** What Jest does, in short: a realm and a `require` of its own, which runs every file as a script. */
const jestLike = `
  process.env.JEST_WORKER_ID = '1';
  const { readFileSync } = require('node:fs');
  const { createRequire, isBuiltin, Module } = require('node:module');
  const vm = require('node:vm');

  const tests = [];
  const globals = { test: (name, run) => tests.push({ name, run }) };
  const realm = vm.createContext({ console, process, setImmediate, fetch });
  const loaded = new Map();

  class JestModule extends Module {}
  Object.assign(JestModule, Module, { Module: JestModule, createRequire: () => load });
  process.getBuiltinModule = () => JestModule;

  function load(file) {
    if (loaded.has(file)) return loaded.get(file).exports;
    const module = { exports: {}, filename: file };
    loaded.set(file, module);
    const source = '(function (module, exports, require) {' + readFileSync(file, 'utf8') + '\\n})';
    const run = vm.runInContext(source, realm, { filename: file });
    run(module, module.exports, (name) => {
      if (name === '@jest/globals') return globals;
      if (name === 'node:module') return JestModule;
      return isBuiltin(name) ? require(name) : load(createRequire(file).resolve(name));
    });
    return module.exports;
  }

  async function main() {
    load(require.resolve('./user.test.cjs'));
    for (const { name, run } of tests) {
      await run();
      console.log('passed: ' + name);
    }
    console.log('the same module outside: ' + (load(require.resolve('sluice')) === require('sluice')));
  }
  main();`;

/** Where the relative links of a packed page lead, as paths in the package. */
async function linksOf(page: string): Promise<readonly { readonly page: string; readonly to: string }[]> {
  const text = (await readFile(join(installed, page), 'utf8')).replaceAll(/^```.*?^```$/gmsu, '');
  return [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/gu)]
    .map(([, link = '']) => link)
    .filter((link) => !/^https?:/u.test(link))
    .map((link) => ({ page, to: normalize(join(dirname(page), link)) }));
}

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
