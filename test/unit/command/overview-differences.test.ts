import { describe, expect, it } from 'vitest';
import type { ControlOverview } from '../../../src/control/file-comparison.ts';
import { overviewDrawer, printedOverview } from '../../../src/command/overview/draw-overview.ts';
import { overviewScreen } from '../../../src/command/overview/overview-screen.ts';
import { Balancer, infinittPreset } from '../../../src/index.ts';

const servers = [1, 2, 3].map((number) => ({ name: `INF_PACS${number}`, host: `192.0.2.${number}` }));
const config = infinittPreset({ vip: '192.0.2.100', servers });

function overviewOf(balancer: Balancer): ControlOverview {
  return {
    ...balancer.overview(),
    file: { path: '/etc/sluice/pacs.yaml', differences: balancer.differencesFrom(config) },
  };
}

/** A balancer with as many orders as there are servers in all services. */
function ordered(): Balancer {
  const balancer = new Balancer(config);
  for (const { name } of servers) balancer.halt({ server: name });
  return balancer;
}

describe('the overview of what differs from the file', () => {
  it('marks servers and services, and lists why', () => {
    const balancer = new Balancer(config);
    balancer.halt({ server: 'INF_PACS2', service: 'INFINITT_Web' });
    const lines = printedOverview(overviewOf(balancer)).split('\n');
    expect(lines[0]).toMatch(/^System Overview .*, \* 1 differs from pacs\.yaml$/u);
    expect(lines.filter((line) => /INF_PACS\d \*/u.test(line))).toHaveLength(1);
    expect(lines.at(-1)).toBe(
      '* INF_PACS2 of INFINITT_Web: halted by order, file says online; --save keeps it',
    );
  });

  it('says nothing where nothing differs, or no file is run', () => {
    const balancer = new Balancer(config);
    for (const overview of [overviewOf(balancer), balancer.overview()])
      expect(printedOverview(overview)).not.toContain('*');
  });

  it('says why a file cannot be compared', () => {
    const file = { path: '/etc/pacs.yaml', differences: [], problem: 'pacs.yaml:8: expected a port' };
    const lines = printedOverview({ ...new Balancer(config).overview(), file }).split('\n');
    expect(lines[0]).toContain('pacs.yaml is wrong');
    expect(lines.at(-1)).toBe('Not compared with the file: pacs.yaml:8: expected a port');
  });

  it.each([
    [200, 60],
    [80, 24],
    [60, 15],
    [40, 12],
    [20, 5],
    [10, 2],
  ])('fits a window of %d columns and %d rows', (columns, rows) => {
    const lines = overviewScreen(overviewOf(ordered()), { columns, rows });
    expect(lines.length).toBeLessThanOrEqual(rows - 1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  });

  it('leaves the list some rows of a window that is too low, and says how many are missing', () => {
    const overview = overviewOf(ordered());
    const lines = overviewScreen(overview, { columns: 60, rows: 15 });
    const count = overview.file!.differences.length;
    expect(lines.slice(-3, -1).every((line) => line.startsWith('* INF_PACS'))).toBe(true);
    expect(lines.at(-1)).toBe(`… ${count - 2} more`);
    expect(lines.at(-4)).toMatch(/^… \d+ more$/u);
  });

  it('is printed again where only that has changed', () => {
    let printed = 0;
    const write = (): boolean => ((printed += 1), true);
    const draw = overviewDrawer({ isTTY: false, columns: 0, rows: 0, write }, false);
    const overview = overviewOf(new Balancer(config));
    draw(overview);
    draw(overview);
    draw({ ...overview, file: { ...overview.file!, problem: 'gone' } });
    expect(printed).toBe(2);
  });
});
