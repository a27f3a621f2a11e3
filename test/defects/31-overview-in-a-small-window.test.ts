import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { showOverview } from '../../examples/infinitt/console-view.ts';
import type { OutputStream } from '../../src/command/command-io.ts';
import { overviewScreen } from '../../src/command/overview/overview-screen.ts';
import { Balancer, infinittPreset } from '../../src/index.ts';

const servers = ['INF_PACS1', 'INF_PACS2', 'INF_PACS3'].map((name, index) => ({
  name,
  host: `192.0.2.${index + 1}`,
}));
const balancer = new Balancer(infinittPreset({ vip: '192.0.2.100', servers }));

const sizes = [
  [200, 60],
  [122, 28],
  [121, 27],
  [80, 24],
  [80, 10],
  [40, 12],
  [20, 5],
  [10, 2],
  [1, 2],
] as const;

const escape = '\u001b';
const parts = new RegExp(`(${escape}\\[\\d*[AJHK]|\\n)`, 'u');
const goesUp = new RegExp(`^${escape}\\[(\\d+)A$`, 'u');

/** A terminal that knows as much of control sequences as the overview uses: lines, wrapped and scrolled away. */
class Terminal implements OutputStream {
  readonly isTTY = true;
  columns: number;
  rows: number;
  /** All that was ever written, the window being the last rows; the cursor is in the last line. */
  lines = [''];
  #cursor = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): boolean {
    for (const part of text.split(parts)) this.#take(part);
    return true;
  }

  get #top(): number {
    return Math.max(0, this.lines.length - this.rows);
  }

  #take(part: string): void {
    const up = goesUp.exec(part);
    if (up !== null) this.#cursor = Math.max(this.#top, this.#cursor - Number(up[1]));
    else if (part === '\u001b[0J') this.lines.length = this.#cursor + 1;
    else if (part === '\u001b[K') return;
    else if (part === '\u001b[2J') this.lines.fill('', this.#top);
    else if (part === '\u001b[H') this.#moveTo(this.#top);
    else if (part === '\n') this.#moveTo(this.#cursor + 1);
    else
      for (let at = 0; at < part.length; at += this.columns)
        this.#put(part.slice(at, at + this.columns), at > 0);
  }

  #put(piece: string, isWrapped: boolean): void {
    if (isWrapped) this.#moveTo(this.#cursor + 1);
    this.lines[this.#cursor] = piece;
  }

  #moveTo(line: number): void {
    this.#cursor = line;
    while (this.lines.length <= line) this.lines.push('');
  }
}

describe('defect 31: the overview', () => {
  it.each(sizes)('fits a window of %d columns and %d rows', (columns, rows) => {
    const lines = overviewScreen(balancer.overview(), { columns, rows });
    expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  });

  it('says how many lines there are more, and leaves out what matters least', () => {
    const [small, narrow] = [
      overviewScreen(balancer.overview(), { columns: 200, rows: 10 }),
      overviewScreen(balancer.overview(), { columns: 80, rows: 60 }).join('\n'),
    ];
    expect(small.at(-1)).toMatch(/^… \d+ more$/u);
    for (const word of ['INFINITT_Check (udp)', 'state', 'sessions', '192.0.2.100:104'])
      expect(narrow).toContain(word);
    expect(narrow).not.toContain('queue');
  });

  describe('on a terminal', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it.each(sizes)('is there once, however often it is drawn: %d columns and %d rows', (columns, rows) => {
      const terminal = new Terminal(columns, rows);
      const hide = showOverview(balancer, terminal, false);
      vi.advanceTimersByTime(2_000);
      hide();
      expect(terminal.lines).toEqual([...overviewScreen(balancer.overview(), { columns, rows }), '']);
    });

    it('is drawn anew in a window that was made smaller', () => {
      const terminal = new Terminal(200, 60);
      const hide = showOverview(balancer, terminal, false);
      terminal.columns = 40;
      terminal.rows = 12;
      vi.advanceTimersByTime(1_000);
      hide();
      const shown = terminal.lines.slice(-12);
      expect(shown.filter((line) => line.startsWith('System Overview'))).toHaveLength(1);
      expect(Math.max(...shown.map((line) => line.length))).toBeLessThanOrEqual(40);
    });
  });
});
