/** Between groups of three digits: narrow, and never the end of a line. */
export const thinSpace = '\u202f';

/** `1 234` with a thin space. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replaceAll(/\B(?=(\d{3})+$)/gu, thinSpace);
}

/** Per second: one decimal below ten. */
export function formatRate(rate: number): string {
  return rate > 0 && rate < 9.95 ? rate.toFixed(1) : formatCount(rate);
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `1.5 MB`, in powers of 1000 as network equipment counts. */
export function formatBytes(bytes: number): string {
  let [amount, power] = [bytes, 0];
  while (amount >= 999.5 && power < byteUnits.length - 1) [amount, power] = [amount / 1000, power + 1];
  const digits = power > 0 && amount < 9.95 ? amount.toFixed(1) : formatCount(amount);
  return `${digits}${thinSpace}${byteUnits[power] ?? ''}`;
}

/** `2 h 10 min`, `4 min 12 s`, `38 ms`: the two greatest units. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 999.5) return `${Math.round(durationMs)}${thinSpace}ms`;
  const seconds = Math.round(durationMs / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count}${thinSpace}${unit}`).join(' ');
}
