'use strict';

/** The policies of `health/`, which are pure; its checks and probes meet engines. */
const healthPolicy = 'health/(thresholds|back-off|passive-[a-z-]+)\\.ts';
const policies = `(balancing|persistence|dicom|nbns|http/codec)/|${healthPolicy}`;

/**
 * The layers of `src/`, lowest first. A file imports from its own level or a lower one.
 * `docs/architecture.md` explains them.
 */
const levels = [
  { name: 'base', path: 'base/' },
  { name: 'model', path: '(model|facts|runtime)/' },
  { name: 'policy', path: `${policies}|engine/` },
  { name: 'pool', path: `pool/|(?!${healthPolicy})health/` },
  { name: 'path', path: '(path|records)/' },
  { name: 'reach', path: 'reach/' },
  { name: 'data-path', path: 'tcp/|udp/|http/(?!codec/)' },
  { name: 'config', path: 'config/' },
  { name: 'run', path: 'run/' },
  { name: 'listener', path: 'listener/' },
  { name: 'share', path: 'share/' },
  { name: 'service', path: 'service/' },
  { name: 'metrics', path: 'metrics/' },
  { name: 'snapshot', path: 'snapshot/' },
  { name: 'balancer', path: 'balancer/' },
  { name: 'preset', path: 'presets/' },
  { name: 'support', path: 'support/' },
  { name: 'control', path: 'control/' },
  { name: 'admin', path: 'admin/' },
  { name: 'file', path: 'file/' },
  { name: 'command', path: 'command/' },
  { name: 'entry', path: 'testing/|(admin|index|testing)\\.ts' },
].map(({ name, path }) => ({ name, path: `^src/(${path})` }));

/** Development dependencies that are bundled into the entry points that use them. */
const bundled = '^node_modules/(cli-table3|commander|yaml)/';

const levelPaths = levels.map(({ path }) => path);

const downward = levels.slice(0, -1).map(({ name, path }, index) => ({
  name: `${name}-imports-downward`,
  comment: 'This file imports from a higher level; move what both need to the lower one.',
  severity: 'error',
  from: { path },
  to: { path: levelPaths.slice(index + 1) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...downward,
    {
      name: 'every-file-has-a-level',
      comment: 'A new folder needs a place in the table of levels in .dependency-cruiser.cjs.',
      severity: 'error',
      from: { path: '^src/', pathNot: levelPaths },
      to: {},
    },
    {
      name: 'no-cycles',
      comment: 'Files that import each other cannot be understood, or tested, one at a time.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-cycles-between-folders',
      comment: 'Folders that import each other are one folder under two names.',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
    {
      name: 'pure-means-no-node-modules',
      comment: 'Policies and codecs take time and randomness as arguments and do no I/O.',
      severity: 'error',
      from: { path: `^src/(base/|model/|facts/|${policies})` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-the-engine-has-sockets',
      comment:
        'Take an Engine instead: tests and faster engines depend on it. Orders have sockets of their own.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(engine|control|admin|command)/' },
      to: { path: '^(node:)?(net|dgram|tls|dns|http|https|http2)(/|$)' },
    },
    {
      name: 'no-barrels',
      comment: 'Import the file that has what you want; only users import src/index.ts and src/testing.ts.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/(admin|index|testing|.+/index)\\.ts$' },
    },
    {
      name: 'examples-use-the-public-api',
      comment:
        "Import from 'sluice' or 'sluice/testing', as a user would; the demo cluster plays the servers.",
      severity: 'error',
      from: { path: '^examples/', pathNot: '^examples/demo-cluster/' },
      // The demo draws its overview as the command does.
      to: {
        path: '^src/',
        pathNot: '^src/(admin|index|testing|command/command-io|command/overview/draw-overview)\\.ts$',
      },
    },
    {
      name: 'run-time-dependencies-only',
      comment: 'The library must not need what a user does not install.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'], pathNot: bundled },
    },
    {
      name: 'bundled-for-the-command-only',
      comment: 'What is bundled is for the entry points that need it: nobody else pays for it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(command|file)/' },
      to: { path: bundled },
    },
    {
      name: 'everything-resolves',
      comment: 'No such file or package.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Types count: a layer that only knows a type of a higher one knows too much all the same.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
