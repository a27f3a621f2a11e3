import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { SummaryReporter } from './test/support/summary-reporter.ts';

const source = (file: string): string => fileURLToPath(new URL(`src/${file}`, import.meta.url));

/** Tests say `sluice` as users do, and get the sources. Exact names, so that one is no prefix of the other. */
const sourceAliases = [
  { find: /^sluice$/, replacement: source('index.ts') },
  { find: /^sluice\/testing$/, replacement: source('testing.ts') },
];

interface Kind {
  readonly name: string;
  readonly timeoutMs: number;
  /** Files one after the other, once the parallel ones are done: they measure, or share real software. */
  readonly serial?: boolean;
  /** Run once more on the portable engine; `auto` is another one where the machine can have it. */
  readonly everyEngine?: boolean;
}

const kinds: readonly Kind[] = [
  { name: 'unit', timeoutMs: 5_000 },
  { name: 'contract', timeoutMs: 15_000 },
  { name: 'property', timeoutMs: 30_000 },
  { name: 'integration', timeoutMs: 20_000, serial: true, everyEngine: true },
  { name: 'real', timeoutMs: 60_000, serial: true, everyEngine: true },
  { name: 'package', timeoutMs: 120_000, serial: true },
];

function project({ name, timeoutMs, serial = false }: Kind, engine?: string): TestProjectInlineConfiguration {
  return {
    // The package tests see only what a user installs.
    resolve: { alias: name === 'package' ? [] : sourceAliases },
    test: {
      name: engine === undefined ? name : `${name}, ${engine} engine`,
      env: engine === undefined ? {} : { SLUICE_ENGINE: engine },
      include: [`test/${name}/**/*.test.ts`],
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      fileParallelism: !serial,
      sequence: { groupOrder: serial ? 1 : 0 },
    },
  };
}

export default defineConfig({
  test: {
    projects: kinds.flatMap((kind) =>
      kind.everyEngine === true ? [project(kind), project(kind, 'portable')] : [project(kind)],
    ),
    reporters: [new SummaryReporter()],
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text', 'html'] },
  },
});
