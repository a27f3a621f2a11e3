import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { SummaryReporter } from './test/support/summary-reporter.ts';

const source = (file: string): string => fileURLToPath(new URL(`src/${file}`, import.meta.url));

/** Tests say `sluice` as users do, and get the sources. Exact names, so that one is no prefix of the other. */
const sourceAliases = [
  { find: /^sluice$/, replacement: source('index.ts') },
  { find: /^sluice\/testing$/, replacement: source('testing.ts') },
  { find: /^sluice\/admin$/, replacement: source('admin.ts') },
];

interface Kind {
  readonly name: string;
  /** Ends what hangs, also on a busy machine; nothing that works comes near it. */
  readonly timeoutMs: number;
  /** Kinds of one group run together, and the groups one after the other. @default 0 */
  readonly group?: number;
  /** Files one after the other: they measure, or share real software. */
  readonly serial?: boolean;
  /** What is run once more, and how. */
  readonly variants?: readonly Variant[];
}

interface Variant {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** Which files. @default all */
  readonly files?: string;
}

/** `auto` is another one where the machine can have it. */
const portable: Variant = { name: 'portable engine', env: { SLUICE_ENGINE: 'portable' } };
const linuxFiles = 'test/contract/engine/linux*.test.ts';

const kinds: readonly Kind[] = [
  { name: 'unit', timeoutMs: 20_000 },
  {
    name: 'contract',
    timeoutMs: 60_000,
    variants: [
      { name: 'without io_uring', env: { SLUICE_IO_URING: 'off' }, files: linuxFiles },
      { name: 'io_uring for each call', env: { SLUICE_IO_URING: 'always' }, files: linuxFiles },
    ],
  },
  { name: 'property', timeoutMs: 120_000 },
  { name: 'defects', timeoutMs: 60_000, group: 1, variants: [portable] },
  { name: 'integration', timeoutMs: 60_000, group: 2, serial: true, variants: [portable] },
  { name: 'real', timeoutMs: 120_000, group: 2, serial: true, variants: [portable] },
  { name: 'browser', timeoutMs: 60_000, group: 2, serial: true },
  { name: 'package', timeoutMs: 120_000, group: 2, serial: true },
];

function project(
  { name, timeoutMs, group = 0, serial = false }: Kind,
  variant?: Variant,
): TestProjectInlineConfiguration {
  return {
    // The package tests see only what a user installs.
    resolve: { alias: name === 'package' ? [] : sourceAliases },
    test: {
      name: variant === undefined ? name : `${name}, ${variant.name}`,
      env: variant?.env ?? {},
      include: [variant?.files ?? `test/${name}/**/*.test.ts`],
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      fileParallelism: !serial,
      ...(serial ? {} : { maxWorkers: availableParallelism() }),
      // Modules are loaded once for all files: a file leaves nothing behind that another could see.
      isolate: false,
      sequence: { groupOrder: group },
    },
  };
}

export default defineConfig({
  test: {
    projects: kinds.flatMap((kind) => [
      project(kind),
      ...(kind.variants ?? []).map((variant) => project(kind, variant)),
    ]),
    reporters: [new SummaryReporter()],
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text', 'html'] },
  },
});
