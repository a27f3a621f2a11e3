const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

/** Arrow keys walk from cell to cell; Tab leaves the matrix from wherever one is. */
export function walk(event: KeyboardEvent): void {
  const step = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
  if (step === undefined || !(event.target instanceof Element)) return;
  const cell = event.target.closest('td, th');
  const row = cell?.parentElement;
  const table = cell?.closest('table');
  if (!(cell instanceof HTMLTableCellElement) || !(row instanceof HTMLTableRowElement) || table === null) return;
  const next = table?.rows[row.rowIndex + step[0]]?.cells[cell.cellIndex + step[1]]?.querySelector('a');
  if (next === null || next === undefined) return;
  event.preventDefault();
  for (const link of table?.querySelectorAll<HTMLElement>('td a[tabindex="0"]') ?? []) link.tabIndex = -1;
  if (next.closest('td') !== null) next.tabIndex = 0;
  next.focus();
}
