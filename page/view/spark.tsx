import type { JSX } from 'preact';

const width = 100;
const height = 24;

/** The line of a row of numbers, in a box of 100 by 24. @param top what reaches the upper edge */
export function sparkPath(points: readonly number[], top: number): string {
  if (points.length < 2) return '';
  const scale = top > 0 ? (height - 3) / (top * 1.08) : 0;
  const step = width / (points.length - 1);
  return points
    .map((point, index) => `${(index * step).toFixed(1)},${(height - 1 - point * scale).toFixed(1)}`)
    .join('L');
}

/** A line without axes: how it went lately, beside the number that says how it is. */
export function Spark({ path }: { readonly path: string }): JSX.Element {
  return (
    <svg class="spark" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      {path !== '' && <path class="area" d={`M0,${height}L${path}L${width},${height}z`} />}
      {path !== '' && <path class="line" d={`M${path}`} />}
    </svg>
  );
}
