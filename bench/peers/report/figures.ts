/** Stands for what was not measured. */
export const none = '–';

/** A number as people read it: three significant digits, thousands with commas. */
export function figureText(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return none;
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

export function ratioText(ratio: number | undefined): string {
  return ratio === undefined || Number.isNaN(ratio) ? none : ratio.toFixed(ratio < 0.1 ? 3 : 2);
}
