import type { ControlOverview } from '../../control/file-comparison.ts';
import type { OutputStream } from '../command-io.ts';
import { differenceLines, overviewTitle } from './difference-lines.ts';
import { overviewScreen } from './overview-screen.ts';
import { overviewTable } from './overview-table.ts';
import { paintStates } from './paint-states.ts';

/** Where the system does not tell, as on a serial line. */
const usualSize = { columns: 80, rows: 24 };

/**
 * Shows one overview after the other: drawn in place on a terminal, as far as it fits into the window, else printed
 * whenever something other than a counter has changed.
 */
export function overviewDrawer(
  output: OutputStream,
  isColoured: boolean,
): (overview: ControlOverview) => void {
  return output.isTTY ? drawer(output, isColoured) : printer(output);
}

function drawer(output: OutputStream, isColoured: boolean): (overview: ControlOverview) => void {
  let last: { readonly lines: number; readonly columns: number } | undefined = undefined;
  return (overview) => {
    const columns = output.columns || usualSize.columns;
    const rows = output.rows || usualSize.rows;
    const plain = overviewScreen(overview, { columns, rows });
    const lines = isColoured ? paintStates(plain) : plain;
    // In a window of another size, what was drawn is wrapped anew, and nobody knows where it begins.
    const isResized = last !== undefined && last.columns !== columns;
    const back = last === undefined ? '' : isResized || last.lines >= rows ? clear : up(last.lines);
    output.write(`${back}${lines.map((line) => `${line}${clearLine}\n`).join('')}${clearRest}`);
    last = { lines: lines.length, columns };
  };
}

const clear = '\u001b[2J\u001b[H';
/** To the right of what was written, and below it: a screen that is cleared whole is history to some terminals. */
const clearLine = '\u001b[K';
const clearRest = '\u001b[0J';

function up(lines: number): string {
  return `\u001b[${lines}A`;
}

function printer(output: OutputStream): (overview: ControlOverview) => void {
  let lastStates = '';
  return (overview) => {
    const { services, file } = overview;
    const states = JSON.stringify({ services, file }, (key, value: unknown) =>
      isCounter(key) ? undefined : value,
    );
    if (states === lastStates) return;
    lastStates = states;
    output.write(`${printedOverview(overview)}\n`);
  };
}

/** The whole overview, for paper and pipes. */
export function printedOverview(overview: ControlOverview): string {
  return [overviewTitle(overview), overviewTable(overview), ...differenceLines(overview)].join('\n');
}

function isCounter(key: string): boolean {
  return /total$|^bytes|^sessions$|^lastProbe$/i.test(key);
}
