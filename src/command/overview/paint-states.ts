const bold = '\u001b[1m';
const red = '\u001b[31m';
const green = '\u001b[32m';
const yellow = '\u001b[33m';
const dim = '\u001b[2m';
const plain = '\u001b[0m';

/** The most serious word of a state decides. */
const colours: readonly (readonly [RegExp, string])[] = [
  [/\bdown\b/, red],
  [/\b(degraded|drain|ejected)\b/, yellow],
  [/\b(halt|stopped|unknown)\b/, dim],
  [/\bup\b/, green],
];

/**
 * Colours the states of a table that is laid out already, so that colours take no room. The state is a word as well:
 * nobody has to see the colour.
 */
export function paintStates(lines: readonly string[]): readonly string[] {
  const head = lines.find((line) => cellsOf(line).some((cell) => cell.trim() === 'state'));
  const column = head === undefined ? -1 : cellsOf(head).findIndex((cell) => cell.trim() === 'state');
  return lines.map((line, index) => {
    if (index === 0) return `${bold}${line}${plain}`;
    return line === head ? line : paintCell(line, column);
  });
}

function paintCell(line: string, column: number): string {
  const cells = cellsOf(line);
  const cell = cells[column];
  const colour = cell === undefined ? undefined : colours.find(([word]) => word.test(cell))?.[1];
  return colour === undefined
    ? line
    : cells.map((each, index) => (index === column ? `${colour}${each}${plain}` : each)).join('│');
}

function cellsOf(line: string): string[] {
  return line.split('│');
}
