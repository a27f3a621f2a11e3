import assert from 'node:assert';
import ts from 'typescript';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as sluice from '../../../src/index.ts';
import * as admin from '../../../src/admin.ts';
import * as testing from '../../../src/testing.ts';
import { allPages, projectPath } from './markdown.ts';

interface Snippet {
  /** Where it would be as a file: beside its page. */
  readonly file: string;
  readonly code: string;
}

function snippetsIn(language: 'ts' | 'js'): readonly Snippet[] {
  return allPages().flatMap((page) =>
    page.blocks
      .filter((block) => block.language === language)
      .map(({ code, index }) => ({ file: projectPath(`${page.file}.${index}.${language}`), code })),
  );
}

const typed = snippetsIn('ts');
const plain = snippetsIn('js');

/** A program of all TypeScript snippets with the library's sources, as a user's would be with the package. */
function typeCheck(snippets: readonly Snippet[]): ts.Program {
  const { config } = ts.readConfigFile(projectPath('tsconfig.json'), ts.sys.readFile) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, projectPath(''));
  const compilerOptions: ts.CompilerOptions = { ...options, moduleDetection: ts.ModuleDetectionKind.Force };
  const host = ts.createCompilerHost(compilerOptions);
  const { readFile, fileExists } = host;
  const codes = new Map(snippets.map(({ file, code }) => [file, code]));
  host.fileExists = (file) => codes.has(file) || fileExists(file);
  host.readFile = (file) => codes.get(file) ?? readFile(file);
  return ts.createProgram([...codes.keys()], compilerOptions, host);
}

function messages(diagnostics: readonly ts.Diagnostic[]): readonly string[] {
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('snippets in TypeScript', () => {
  let program: ts.Program;
  // The program holds the library and Node's types: a few seconds on a busy machine.
  beforeAll(() => {
    program = typeCheck(typed);
  }, 60_000);

  it('are there', () => {
    expect(typed.length).toBeGreaterThan(10);
  });

  it.each(typed.map(({ file }) => file.slice(projectPath('').length)))(
    '%s has no error',
    (file) => {
      const source = program.getSourceFile(projectPath(file));
      expect(source).toBeDefined();
      expect(
        messages([...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]),
      ).toEqual([]);
    },
    60_000,
  );
});

/** Ports and addresses of the snippets are not this machine's, so nothing is started but on a virtual network. */
describe('snippets in TypeScript, run', () => {
  beforeEach(() => {
    vi.spyOn(console, 'log').mockReturnValue();
    vi.spyOn(sluice.Balancer.prototype, 'start').mockResolvedValue();
    const { start } = sluice.Listener.prototype;
    vi.spyOn(sluice.Listener.prototype, 'start').mockImplementation(async function (this: sluice.Listener) {
      const { engine } = this.options;
      if (typeof engine === 'object' && 'name' in engine && engine.name === 'virtual') await start.call(this);
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each(typed.map(({ file, code }) => [file.slice(projectPath('').length), code] as const))(
    '%s goes through',
    async (_, code) => {
      await expect(run(code)).resolves.not.toThrow();
    },
  );
});

/** Runs a module as the body of an asynchronous function, with the library for what it imports. */
async function run(code: string): Promise<void> {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const modules = new Map<string, unknown>([
    ['sluice', sluice],
    ['sluice/admin', admin],
    ['sluice/testing', testing],
    ['node:assert', { default: assert }],
  ]);
  const AsyncFunction = run.constructor as FunctionConstructor;
  const body = new AsyncFunction('require', 'exports', outputText) as (...args: unknown[]) => Promise<void>;
  await body((name: string) => modules.get(name), {});
}

describe('snippets in JavaScript', () => {
  it.each(plain.map(({ file, code }) => [file.slice(projectPath('').length), code] as const))(
    '%s parses',
    (file, code) => {
      const { diagnostics } = ts.transpileModule(code, {
        fileName: file,
        reportDiagnostics: true,
        compilerOptions: { allowJs: true, module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ESNext },
      });
      expect(messages(diagnostics ?? [])).toEqual([]);
    },
  );
});
