import type { OptionReader } from '../base/options.ts';

/** Who orders where an order does not say. */
export const program = 'program';

/** Reads who gives an order. It goes to logs, so it holds nothing that a line or a terminal would obey. */
export function readOrderer(reader: OptionReader): string {
  return reader.string('by', {
    pattern: /^[\p{L}\p{N}@._-]{1,64}$/u,
    expected: '1 to 64 letters, digits, `@`, `.`, `_` or `-`',
    default: program,
  });
}
