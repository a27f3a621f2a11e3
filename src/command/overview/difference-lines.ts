import { basename } from 'node:path';
import type { ControlOverview } from '../../control/file-comparison.ts';

/** The first line of an overview: also where there is no room for more, it says that something differs. */
export function overviewTitle({ atMs, file }: ControlOverview): string {
  const title = `System Overview ${new Date(atMs).toLocaleTimeString()}`;
  if (file === undefined) return title;
  if (file.problem !== undefined) return `${title}, ${basename(file.path)} is wrong`;
  const { length } = file.differences;
  return length === 0
    ? title
    : `${title}, * ${length} ${length === 1 ? 'differs' : 'differ'} from ${basename(file.path)}`;
}

/** What runs otherwise than the file says, below the table. */
export function differenceLines({ file }: ControlOverview): readonly string[] {
  if (file?.problem !== undefined) return [`Not compared with the file: ${file.problem}`];
  return (file?.differences ?? []).map(({ text }) => `* ${text}`);
}
