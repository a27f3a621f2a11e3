import type { ControlOverview } from '../../control/file-comparison.ts';
import { differenceLines, overviewTitle } from './difference-lines.ts';
import { columnNames, overviewTable, type ColumnName } from './overview-table.ts';

/** Size of a terminal's window, in characters. */
export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

/** What goes first where there is no room. */
const dispensable: readonly ColumnName[] = [
  'queue',
  'from clients',
  'from servers',
  'total',
  'last probe',
  'address',
  'sessions',
];

/**
 * The System Overview as lines that fit a window, the last row left to the cursor: fewer columns where it is narrow,
 * fewer lines where it is low. A line that wraps, or one that scrolls away, could not be drawn over.
 */
export function overviewScreen(overview: ControlOverview, { columns, rows }: WindowSize): readonly string[] {
  const above = [overviewTitle(overview), ...tableWithin(overview, columns)];
  const room = Math.max(1, rows - 1);
  // What differs is worth some rows of a table that does not fit anyhow.
  const below = shorten(differenceLines(overview), Math.max(room - above.length, Math.floor(room / 4)));
  // The frame's last line tells nothing.
  const lines = [...shorten(above, room - below.length, 1), ...below];
  return lines.map((line) => clip(line, columns));
}

function tableWithin(overview: ControlOverview, columns: number): readonly string[] {
  for (let count = 0; ; count++) {
    const left = columnNames.filter((name) => !dispensable.slice(0, count).includes(name));
    const lines = overviewTable(overview, left).split('\n');
    if (count === dispensable.length || lines.every((line) => line.length <= columns)) return lines;
  }
}

/** @param spare lines at the end that are no loss */
function shorten(lines: readonly string[], room: number, spare = 0): readonly string[] {
  if (lines.length <= room) return lines;
  if (room === 0) return [];
  const missing = lines.length - (room - 1) - spare;
  return [...lines.slice(0, room - 1), `… ${missing} more`];
}

function clip(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}
