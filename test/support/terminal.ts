import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from './real-software.ts';

/** tmux tells nobody when a screen changes. */
const pollMs = 50;

/** A pseudo terminal of tmux. */
export class Terminal {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param command what runs in it */
  static async open(columns: number, rows: number, command = 'sh'): Promise<Terminal> {
    const terminal = new Terminal(mkdtempSync(join(tmpdir(), 'sluice-terminal-')));
    await terminal.tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), command);
    return terminal;
  }

  async tmux(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('tmux', ['-S', join(this.#folder, 'tmux.sock'), '-f', '/dev/null', ...args]);
    return stdout;
  }

  /** Waits until the screen shows that. @returns its lines */
  async shown(pattern: RegExp): Promise<readonly string[]> {
    for (;;) {
      const screen = (await this.tmux('capture-pane', '-p', '-J')).trimEnd();
      if (pattern.test(screen) || pattern.test(`${screen} `)) return screen.split('\n');
      await delay(pollMs);
    }
  }

  /** Types a line once the question is there. */
  async answer(question: RegExp, line: string): Promise<void> {
    await this.shown(question);
    await this.type(line);
  }

  async type(line: string): Promise<void> {
    await this.tmux('send-keys', '-l', line);
    await this.press('Enter');
  }

  /** @param key as tmux calls it: `C-c` */
  async press(key: string): Promise<void> {
    await this.tmux('send-keys', key);
  }

  async close(): Promise<void> {
    await this.tmux('kill-server');
    rmSync(this.#folder, { recursive: true });
  }
}
