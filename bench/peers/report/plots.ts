import { medianOf, type SubjectResults, type WorkloadResults } from '../results.ts';
import { figureText } from './figures.ts';
import { Svg } from './svg.ts';

const width = 720;
const labelWidth = 130;
const colours = [
  '#1a7fd4',
  '#7ab8ec',
  '#d4691a',
  '#3a9d5d',
  '#8a5fc4',
  '#c43f6b',
  '#998a2b',
  '#55707f',
  '#b07a5a',
];

/** Bars of the median cost, or lines over size for growth. Undefined where nothing was measured. */
export function plotOf(workload: WorkloadResults): string | undefined {
  const rows = workload.rows.filter((row) => row.absent === undefined && row.samples.length > 0);
  if (rows.length === 0) return undefined;
  return workload.sizeUnit === undefined ? bars(workload, rows) : lines(workload, rows);
}

function costOf(row: SubjectResults): number {
  return medianOf(row, ({ cost }) => cost) ?? 0;
}

function bars({ title, costUnit }: WorkloadResults, rows: readonly SubjectResults[]): string {
  const barHeight = 22;
  const top = 34;
  const svg = new Svg(width, top + rows.length * barHeight + 8);
  const most = Math.max(...rows.map(costOf));
  const scale = (width - labelWidth - 80) / most;
  svg.text(8, 18, `${title}: ${costUnit}, less is better`);
  rows.forEach((row, index) => {
    const y = top + index * barHeight;
    const length = costOf(row) * scale;
    svg.text(labelWidth - 8, y + 14, row.subject, 'end');
    svg.rectangle(
      labelWidth,
      y,
      length,
      barHeight - 6,
      row.subject.startsWith('sluice') ? '#1a7fd4' : '#999',
    );
    svg.text(labelWidth + length + 6, y + 14, figureText(costOf(row)));
  });
  return svg.toString();
}

/** Sizes on a logarithmic axis, costs from zero. */
function lines({ title, costUnit, sizeUnit }: WorkloadResults, rows: readonly SubjectResults[]): string {
  const area = { left: 60, right: width - labelWidth, top: 34, bottom: 240 };
  const svg = new Svg(width, area.bottom + 44);
  const curves = rows.map((row) => medianSeries(row));
  const sizes = curves[0]?.map(({ size }) => size) ?? [];
  const most = Math.max(...curves.flat().map(({ cost }) => cost));
  const first = Math.log10(sizes[0] ?? 1);
  const decades = Math.log10(sizes.at(-1) ?? 10) - first || 1;
  const x = (size: number): number =>
    area.left + ((Math.log10(size) - first) / decades) * (area.right - area.left);
  const y = (cost: number): number => area.bottom - (cost / most) * (area.bottom - area.top);

  svg.text(8, 18, `${title}: ${costUnit}, less is better`);
  svg.line(area.left, area.top, area.left, area.bottom);
  svg.line(area.left, area.bottom, area.right, area.bottom);
  svg.text(area.left - 6, area.top + 10, figureText(most), 'end');
  svg.text(area.left - 6, area.bottom, '0', 'end');
  for (const size of sizes) svg.text(x(size), area.bottom + 18, figureText(size), 'middle');
  svg.text((area.left + area.right) / 2, area.bottom + 36, sizeUnit ?? '', 'middle');
  curves.forEach((curve, index) => {
    const colour = colours[index % colours.length] ?? '#999';
    svg.path(
      curve.map(({ size, cost }) => [x(size), y(cost)]),
      colour,
    );
    svg.rectangle(area.right + 10, area.top + index * 18, 10, 10, colour);
    svg.text(area.right + 25, area.top + 10 + index * 18, rows[index]?.subject ?? '');
  });
  return svg.toString();
}

function medianSeries(row: SubjectResults): readonly { size: number; cost: number }[] {
  const sizes = row.samples.find((sample) => sample !== undefined)?.series ?? [];
  return sizes.map(({ size }) => ({
    size,
    cost: medianOf(row, ({ series }) => series?.find((point) => point.size === size)?.cost) ?? 0,
  }));
}
