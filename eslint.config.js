import eslint from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { longFilesSayWhy } from './scripts/long-files-say-why.mjs';

/** Sockets and names: mechanism, which lives in the engine. */
const sockets = ['net', 'dgram', 'tls', 'dns', 'dns/promises'].flatMap((name) => [name, `node:${name}`]);
const clocks = ['timers', 'timers/promises', 'perf_hooks'].flatMap((name) => [name, `node:${name}`]);
const timers = ['setTimeout', 'setInterval', 'setImmediate', 'Date', 'performance'];

const bannedImport = (names, message) => names.map((name) => ({ name, message }));
const socketImports = bannedImport(sockets, 'Only src/engine touches sockets; take an Engine instead.');
const clockImports = bannedImport(clocks, 'Time comes from the Clock of a Runtime.');
const bannedTimers = timers.map((name) => ({ name, message: 'Time comes from the Clock of a Runtime.' }));
const bannedProperties = [
  { object: 'Math', property: 'random', message: 'Randomness comes from the Random of a Runtime.' },
  { object: 'process', property: 'hrtime', message: 'Time comes from the Clock of a Runtime.' },
];

const noEnum = { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' };
const noDefaultExport = { selector: 'ExportDefaultDeclaration', message: 'Export by name.' };
const noRemoveAll = {
  selector: 'CallExpression[callee.property.name="removeAllListeners"][arguments.length=0]',
  message: 'Name the event: others may listen too.',
};

/** Scripts and configuration files: plain Node, outside the TypeScript project. */
const nodeGlobals = Object.fromEntries(
  ['console', 'process', 'URL', 'Buffer', 'AbortController', ...timers].map((name) => [name, 'readonly']),
);

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'temp/', 'etc/', 'bench/results/'] },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },

  {
    name: 'everywhere',
    rules: {
      'no-restricted-syntax': ['error', noEnum, noDefaultExport, noRemoveAll],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        {
          argsIgnorePattern: '^_',
          varsIgnorePattern: '^_',
          ignoreRestSiblings: true,
          ignoreUsingDeclarations: true,
        },
      ],
      // Numbers and the words of a union read well in messages; objects do not.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Handlers with nothing to do are plain `onDrain() {}`.
      '@typescript-eslint/no-empty-function': 'off',
      // Overloads that differ in one type carry different documentation.
      '@typescript-eslint/unified-signatures': 'off',
      // An inline object type in an index signature is often clearer than a Record.
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      // `while (true)` with a return inside is how parsers and relays read best.
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
    },
  },

  {
    name: 'the library',
    files: ['src/**/*.ts'],
    plugins: { sluice: { rules: { 'long-files-say-why': longFilesSayWhy } } },
    rules: {
      complexity: ['error', 15],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      // Here all lines count, comments as well, as for a reader who scrolls.
      'sluice/long-files-say-why': 'error',
      'no-restricted-globals': ['error', ...bannedTimers],
      'no-restricted-imports': ['error', ...socketImports, ...clockImports],
      'no-restricted-properties': ['error', ...bannedProperties],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
    },
  },
  {
    name: 'the engines own sockets, and may put work off to the next turn of the event loop',
    files: ['src/engine/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...bannedTimers.filter(({ name }) => name !== 'setImmediate')],
      'no-restricted-imports': ['error', ...clockImports],
    },
  },
  {
    name: 'orders come over sockets that no engine carries',
    files: ['src/{admin,control}/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', ...clockImports] },
  },
  {
    name: 'the command tells people the time of day',
    files: ['src/command/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...bannedTimers.filter(({ name }) => name !== 'Date')],
    },
  },
  {
    name: 'the runtime owns time and randomness',
    files: ['src/runtime/**/*.ts'],
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-imports': ['error', ...socketImports],
      'no-restricted-properties': 'off',
    },
  },

  {
    name: 'the page',
    files: ['page/**/*.{ts,tsx}'],
    plugins: { sluice: { rules: { 'long-files-say-why': longFilesSayWhy } } },
    rules: {
      complexity: ['error', 15],
      'no-console': ['error', { allow: ['warn'] }],
      'sluice/long-files-say-why': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
    },
  },
  {
    name: 'tests',
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // A fake implements an asynchronous interface without waiting for anything.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    name: 'benchmarks',
    files: ['bench/**/*.ts'],
    // The targets of benchmark print themselves as the result line.
    rules: { '@typescript-eslint/no-base-to-string': ['error', { ignoredTypeNames: ['Target'] }] },
  },
  {
    name: 'configuration files, whose tools want a default export',
    files: ['*.config.ts'],
    rules: { 'no-restricted-syntax': ['error', noEnum] },
  },
  {
    name: 'JavaScript, which has no types to check',
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: nodeGlobals },
    rules: { 'no-restricted-syntax': ['error', noEnum, noRemoveAll] },
  },
  {
    name: 'CommonJS, as dependency-cruiser wants its configuration, and as users of Jest write tests',
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { module: 'writable', require: 'readonly', fetch: 'readonly' },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
