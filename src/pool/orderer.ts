import { OptionReader } from '../base/options.ts';

/** Who orders where an order does not say. */
export const program = 'program';

/**
 * A name; where somebody else passes it on, it also says who claims it. It goes to logs, so it holds nothing that a line or a
 * terminal would obey.
 */
const orderer = /^[\p{L}\p{N}@._-]{1,64}(?: \(claimed by [\w ./-]{1,64}\))?$/u;

/** Who gives an order. @throws OptionsError */
export function ordererOf(by: string | undefined): string {
  const reader = new OptionReader('', { by });
  const orderer = readOrderer(reader);
  reader.finish();
  return orderer;
}

/** Reads who gives an order. */
export function readOrderer(reader: OptionReader): string {
  return reader.string('by', {
    pattern: orderer,
    expected: '1 to 64 letters, digits, `@`, `.`, `_` or `-`',
    default: program,
  });
}
