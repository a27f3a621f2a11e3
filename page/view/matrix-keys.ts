const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

/** Arrow keys walk from cell to cell; Tab leaves the matrix from wherever one is. */
export function walk(event: KeyboardEvent): void {
  const step = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
  const cell = event.target instanceof Element ? event.target.closest('td, th') : null;
  if (step === undefined || !(cell instanceof HTMLTableCellElement)) return;
  const next = neighbourOf(cell, step);
  if (next === undefined) return;
  event.preventDefault();
  keepTabStop(next);
  next.focus();
}

/** The link of the cell in that direction. */
function neighbourOf(
  cell: HTMLTableCellElement,
  [down, right]: readonly [number, number],
): HTMLElement | undefined {
  const [row, table] = [cell.closest('tr'), cell.closest('table')];
  if (row === null || table === null) return undefined;
  const next = table.rows[row.rowIndex + down]?.cells[cell.cellIndex + right];
  return next?.querySelector<HTMLElement>('a') ?? undefined;
}

/** Of a thousand cells, Tab stops at one: where the reader was last. Heads are stops of their own. */
function keepTabStop(link: HTMLElement): void {
  if (link.closest('td') === null) return;
  const stops = link.closest('table')?.querySelectorAll<HTMLElement>('td a[tabindex="0"]') ?? [];
  for (const stop of stops) stop.tabIndex = -1;
  link.tabIndex = 0;
}
