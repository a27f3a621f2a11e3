import { readFile } from 'node:fs/promises';
import { defineConfig, type Options } from 'tsup';
import ts from 'typescript';

type EsbuildPlugin = NonNullable<Options['esbuildPlugins']>[number];

/**
 * Lowers newer syntax (`using`, `await using`) with TypeScript before esbuild sees it. esbuild would write its
 * own helper functions into the bundle; TypeScript imports them from tslib, once for the whole process.
 */
const typescriptHelpers: EsbuildPlugin = {
  name: 'typescript-helpers',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const { outputText } = ts.transpileModule(await readFile(path, 'utf8'), {
        fileName: path,
        compilerOptions: {
          target: ts.ScriptTarget.ES2022,
          module: ts.ModuleKind.ESNext,
          importHelpers: true,
          verbatimModuleSyntax: true,
          inlineSourceMap: true,
          inlineSources: true,
        },
      });
      return { contents: outputText, loader: 'js' };
    });
  },
};

/** The library: one module for each entry point. */
export const library: Options = {
  // The worker is a file of its own, which worker threads load.
  entry: {
    index: 'src/index.ts',
    testing: 'src/testing.ts',
    admin: 'src/admin.ts',
    worker: 'src/share/threads/worker.ts',
  },
  format: 'esm',
  target: 'es2022',
  platform: 'node',
  dts: { entry: { index: 'src/index.ts', testing: 'src/testing.ts', admin: 'src/admin.ts' } },
  sourcemap: true,
  clean: true,
  external: ['tslib'],
  esbuildPlugins: [typescriptHelpers],
};

export default defineConfig(library);
