import type { Range } from '../../../src/base/option-rules.ts';
import { OptionReader } from '../../../src/base/options.ts';

/** What the code allows for one option, as it asked the reader for it. */
export interface Read {
  readonly range: string;
  /** Undefined where the code has none, or makes it later. */
  readonly fallback: unknown;
}

/** What was asked for, by the path of the object and the option's name; `undefined` for options of no range. */
export type Reads = ReadonlyMap<string, ReadonlyMap<string, Read | undefined>>;

interface Rule {
  readonly default?: unknown;
}

/** Runs code that reads options, and tells what it asked for. */
export function recordReads(work: () => unknown): Reads {
  const reads = new Map<string, Map<string, Read | undefined>>();
  const note = (reader: OptionReader, key: string, read: Read | undefined): void => {
    const options = reads.get(reader.path) ?? new Map<string, Read | undefined>();
    reads.set(reader.path, options);
    options.set(key, read ?? options.get(key));
  };
  const endings = [
    watch('raw', (reader, key) => note(reader, key, undefined)),
    watch('integer', (reader, key, range) =>
      note(reader, key, { range: numbers(range), fallback: range.default }),
    ),
    watch('number', (reader, key, range) =>
      note(reader, key, { range: numbers(range), fallback: range.default }),
    ),
    watch('limit', (reader, key, range) => {
      note(reader, key, { range: `${numbers(range)}, or Infinity`, fallback: range.default });
    }),
    watch('boolean', (reader, key, rule) =>
      note(reader, key, { range: '`true`, `false`', fallback: rule?.default }),
    ),
    watch('oneOf', (reader, key, choices, rule) => {
      const range = choices.map((choice) => `\`'${choice}'\``).join(', ');
      note(reader, key, { range, fallback: rule?.default });
    }),
  ];
  try {
    work();
  } finally {
    for (const end of endings) end();
  }
  return reads;
}

interface Watched {
  raw: (key: string) => unknown;
  integer: (key: string, range: Range<unknown>) => unknown;
  number: (key: string, range: Range<unknown>) => unknown;
  limit: (key: string, range: Range<unknown>) => unknown;
  boolean: (key: string, rule?: Rule) => unknown;
  oneOf: (key: string, choices: readonly string[], rule?: Rule) => unknown;
}

/** Looks on at every call of a reader's method. @returns what ends it */
function watch<Name extends keyof Watched>(
  name: Name,
  look: (reader: OptionReader, ...args: Parameters<Watched[Name]>) => void,
): () => void {
  const prototype = OptionReader.prototype as unknown as Record<Name, Method>;
  const original = prototype[name];
  prototype[name] = function (this: OptionReader, ...args: unknown[]) {
    look(this, ...(args as Parameters<Watched[Name]>));
    return original.apply(this, args);
  };
  return () => {
    prototype[name] = original;
  };
}

type Method = (this: OptionReader, ...args: unknown[]) => unknown;

function numbers({ min, max }: Range<unknown>): string {
  return `${formatNumber(min)} to ${formatNumber(max)}`;
}

/** `1,000,000`, as the tables write it. */
export function formatNumber(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 6 });
}
