import type { Edit } from '../base/edit.ts';
import type { Finding } from '../base/finding.ts';
import { formatDuration } from '../base/quantities.ts';
import { lintConfig } from '../config/lint.ts';
import { mendConfig } from '../config/mend.ts';
import type { ConfigFile } from '../file/config-file.ts';
import { editConfigFile, saveConfigFile } from '../file/edit-config-file.ts';
import { ConfigFileError } from '../file/file-problem.ts';
import type { LoadedFile } from '../file/load-config-file.ts';
import { checkFile } from '../file/read-config-file.ts';
import type { CommandContext } from './context.ts';

/** The file that findings stand in. */
export type Where = Pick<LoadedFile, 'path' | 'document'>;

/** What is worth a word, and where that stands. */
export interface PlacedFindings {
  readonly findings: readonly Finding[];
  readonly where: Where;
}

export function findingsOf(file: ConfigFile): PlacedFindings {
  return { findings: lintConfig(file.value), where: file };
}

/**
 * Makes every mechanical mend.
 *
 * @returns what is left for people
 * @throws ConfigFileError where something is wrong that only people can mend; nothing is changed then
 */
export async function mendFile(
  context: CommandContext,
  file: LoadedFile,
  isDryRun: boolean,
): Promise<PlacedFindings> {
  const { mended } = mendConfig(file.value);
  if (!canMend(file)) {
    const isClean = mended.length === 0;
    context.tell(
      isClean ? 'Nothing can be mended mechanically.' : 'Nothing is mended before the rest is right.',
    );
    return findingsOf(checkFile(file));
  }
  for (const { rule, message, mend: edits } of mended) {
    context.tell(`${rule}: ${message}`);
    for (const edit of edits) context.tell(`  ${describeEdit(edit)}`);
  }
  const edits = mended.flatMap((finding) => finding.mend);
  const after = await editConfigFile(file, edits, { environment: context.io.env });
  if (!isDryRun) {
    await saveConfigFile(after, file);
    return findingsOf(after);
  }
  context.tell(`${file.path} is not changed: --dry-run`);
  return { findings: asTheyStand(lintConfig(after.value), file), where: file };
}

/** Is there something to mend, and is the file right then? */
export function canMend(file: LoadedFile): boolean {
  const { config, mended } = mendConfig(file.value);
  try {
    checkFile({ ...file, value: config });
    return mended.length > 0;
  } catch (error) {
    if (error instanceof ConfigFileError) return false;
    throw error;
  }
}

/** `services[2].idleTimeoutMs: 12h` */
function describeEdit(edit: Edit): string {
  if ('remove' in edit) return `${edit.path} is removed`;
  const { path, value } = edit;
  const isDuration = typeof value === 'number' && path.endsWith('Ms');
  return `${path}: ${isDuration ? formatDuration(value) : JSON.stringify(value)}`;
}

/** What is left after mends that were not made, where it stands before them. */
function asTheyStand(left: readonly Finding[], { value }: LoadedFile): readonly Finding[] {
  const present = lintConfig(value);
  return left.map(
    (finding) =>
      present.find(({ rule, message }) => rule === finding.rule && message === finding.message) ?? finding,
  );
}
