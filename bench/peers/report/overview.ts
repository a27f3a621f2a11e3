import { ratioText } from './figures.ts';
import { Svg } from './svg.ts';
import { outcomeOf, type Verdict } from './targets.ts';

const labelWidth = 410;
const barsWidth = 300;
const barHeight = 20;
const top = 46;
/** Bars end here at the latest; the figure beside them does not. */
const mostRatio = 2;

const colours = {
  pass: '#3a9d5d',
  miss: '#d4691a',
  'not measured': '#d4691a',
  'no goal': '#7a8797',
} as const;

/** A bar for each ratio, and a mark at its limit. */
export function overviewPlot(verdicts: readonly Verdict[]): string {
  const height = top + verdicts.length * barHeight;
  const svg = new Svg(labelWidth + barsWidth + 130, height + 26);
  svg.text(8, 18, 'Cost of Sluice with its Linux engine over that of another: less is better, 1 is level');
  svg.text(8, 36, 'bar: measured, green where it is within the limit; grey mark: the limit');
  for (const ratio of [0, 0.5, 1, 1.5, 2]) {
    svg.line(x(ratio), top - 4, x(ratio), height);
    svg.text(x(ratio), height + 16, String(ratio), 'middle');
  }
  verdicts.forEach((verdict, index) => drawRow(svg, verdict, top + index * barHeight));
  return svg.toString();
}

function drawRow(svg: Svg, verdict: Verdict, y: number): void {
  const { title, comparedWith, limit, ratio } = verdict;
  const [work] = title.split(':');
  svg.text(labelWidth - 8, y + 12, `${work} / ${comparedWith}`, 'end');
  const colour = colours[outcomeOf(verdict)];
  svg.rectangle(labelWidth, y + 2, x(ratio ?? 0) - labelWidth, barHeight - 7, colour);
  if (limit !== undefined) svg.rectangle(x(limit) - 1.5, y, 3, barHeight - 3, '#888');
  const goal = limit === undefined ? 'no goal' : `at most ${limit}`;
  svg.text(labelWidth + barsWidth + 8, y + 12, `${ratioText(ratio)}, ${goal}`);
}

function x(ratio: number): number {
  return labelWidth + (Math.min(ratio, mostRatio) / mostRatio) * barsWidth;
}
