import type { Overview } from '../../balancer/overview.ts';
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
export function overviewScreen(overview: Overview, { columns, rows }: WindowSize): readonly string[] {
  const title = `System Overview ${new Date(overview.atMs).toLocaleTimeString()}`;
  const lines = [title, ...tableWithin(overview, columns)];
  const room = Math.max(1, rows - 1);
  return shorten(lines, room).map((line) => clip(line, columns));
}

function tableWithin(overview: Overview, columns: number): readonly string[] {
  for (let count = 0; ; count++) {
    const left = columnNames.filter((name) => !dispensable.slice(0, count).includes(name));
    const lines = overviewTable(overview, left).split('\n');
    if (count === dispensable.length || lines.every((line) => line.length <= columns)) return lines;
  }
}

function shorten(lines: readonly string[], room: number): readonly string[] {
  if (lines.length <= room) return lines;
  // The frame's last line is no loss.
  const missing = lines.length - room;
  return [...lines.slice(0, room - 1), `… ${missing} more`];
}

function clip(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}
