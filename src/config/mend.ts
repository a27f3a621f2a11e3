import { withEdit } from '../base/edit.ts';
import type { Finding } from '../base/finding.ts';
import { lintConfig } from './lint.ts';

/** What came of mending. */
export interface MendResult {
  /** As the given one, of which it shares what did not change. */
  readonly config: unknown;
  /** What was mended, in order: their edits, one after the other, make the one of the other. */
  readonly mended: readonly Finding[];
}

/**
 * Mends whatever can be mended without a person's decision. Each mend is made where the one before left the
 * configuration, since it may move or answer what else was found.
 *
 * @param config plain data, as for `readConfig`
 * @param isWanted which findings to mend. @default all
 */
export function mendConfig(
  config: unknown,
  isWanted: (finding: Finding) => boolean = () => true,
): MendResult {
  const mended: Finding[] = [];
  const isOpen = ({ rule, message, mend }: Finding): boolean =>
    mend.length > 0 && !mended.some((done) => done.rule === rule && done.message === message);
  let present = config;
  while (true) {
    const finding = lintConfig(present).find((one) => isOpen(one) && isWanted(one));
    if (finding === undefined) return { config: present, mended };
    present = finding.mend.reduce(withEdit, present);
    mended.push(finding);
  }
}
