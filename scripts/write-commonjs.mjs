// Writes what users of `require` get, beside the built ES modules; docs/decisions/001-esm-only.md says why. Part of
// `npm run build`.
//   *.d.cts       the declarations that tsup wrote as *.d.ts: ES modules can import them, and so can CommonJS.
//   <entry>.d.ts  gives users of `import` the declarations of <entry>.d.cts: a class is one type for both.
//   <entry>.cjs   loads the ES module. It holds no code of the library, so there is never a second copy.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

const loader = (module) => `'use strict';

// Jest has a \`require\` of its own, which cannot load ES modules: there, the \`require\` of Node.js does. A bundle that is
// tested with Jest holds the library already; its modules have no file names.
if (process.env.JEST_WORKER_ID !== undefined && typeof module.filename === 'string') {
  const { Module } = require('node:module');
  const { filename } = module;
  module.exports = Object.assign(new Module(filename), { filename }).require('./${module}');
} else {
  module.exports = require('./${module}');
}
`;

for (const file of readdirSync(dist).filter((name) => name.endsWith('.d.ts'))) {
  const declarations = readFileSync(new URL(file, dist), 'utf8');
  const name = file.slice(0, -'.d.ts'.length);
  writeFileSync(
    new URL(`${name}.d.cts`, dist),
    declarations.replaceAll(/(?<=(?: from|^import) '\.\/[\w-]+)\.js(?=';$)/gmu, '.cjs'),
  );
  rmSync(new URL(file, dist));
}

for (const entry of Object.values(manifest.exports)) {
  if (typeof entry === 'string') continue;
  const name = /^\.\/dist\/([\w-]+)\.js$/u.exec(entry.import.default)[1];
  writeFileSync(new URL(`${name}.d.ts`, dist), `export * from './${name}.cjs';\n`);
  writeFileSync(new URL(`${name}.cjs`, dist), loader(`${name}.js`));
}
