import { fileURLToPath } from 'node:url';
import { defineConfig } from 'tsup';
import { library } from './tsup.config.ts';

/**
 * Node.js gets `yaml` as CommonJS, all of it. Its files for browsers are the same code as ES modules, of which only what is
 * used is bundled.
 */
const yaml = fileURLToPath(new URL('node_modules/yaml/browser/index.js', import.meta.url));

/** The command, in one file with the libraries that it uses: the package depends on none of them. */
export default defineConfig({
  ...library,
  entry: { sluice: 'src/command/main.ts' },
  dts: false,
  sourcemap: false,
  // The library is there already.
  clean: false,
  splitting: false,
  noExternal: ['cli-table3', 'commander', 'yaml'],
  esbuildOptions(options) {
    options.alias = { yaml };
  },
  // CommonJS libraries inside an ES module ask for Node's own modules.
  banner: {
    js: "import { createRequire as makeRequire } from 'node:module';\nconst require = makeRequire(import.meta.url);",
  },
  // `npm run build` writes the notices of what is inside from it.
  metafile: true,
});
