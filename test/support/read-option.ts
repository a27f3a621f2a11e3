import type { OptionProblem } from '../../src/base/errors.ts';
import { OptionReader } from '../../src/base/options.ts';

/** Reads one option as the code does, and tells what it became and every problem. */
export function readOption<T>(
  read: (reader: OptionReader, key: string) => T,
  value: unknown,
  key = 'option',
): { readonly value: T; readonly problems: readonly OptionProblem[]; readonly paths: readonly string[] } {
  const reader = new OptionReader('', { [key]: value });
  const result = read(reader, key);
  return { value: result, problems: reader.problems, paths: reader.problems.map(({ path }) => path) };
}
