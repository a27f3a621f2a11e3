import type { Page } from '../unit/docs/markdown.ts';
import type { GivenCommand } from './administrator.ts';

/** A command of `sluice` as a page shows it, in a block of `console`. */
export interface ShownCommand {
  readonly line: string;
  /** Lines of its output, in their order; a line of `…` stands for others. */
  readonly output: readonly string[];
}

export function shownCommands(page: Page): readonly ShownCommand[] {
  return page.blocks
    .filter(({ language }) => language === 'console')
    .flatMap(({ code }) => code.split(/^\$ /mu).slice(1))
    .map((part) => part.trimEnd().split('\n'))
    .map(([line = '', ...output]) => ({ line, output: output.filter((text) => text !== '…') }))
    .filter(({ line }) => line.startsWith('sluice '));
}

/** Was that command given, and did it print that? @param folder where it was given, which pages call `/etc/sluice` */
export function shows({ line, output }: ShownCommand, given: GivenCommand, folder: string): boolean {
  if (line !== given.line) return false;
  const printed = given.output.replaceAll(folder, '/etc/sluice').split('\n').map(comparable);
  let from = 0;
  return output.map(comparable).every((text) => {
    const at = printed.indexOf(text, from);
    from = at + 1;
    return at >= 0;
  });
}

/** Times, sizes, other numbers and the widths of columns differ from run to run. */
function comparable(line: string): string {
  return line
    .replaceAll(/\b(?:\d+(?:\.\d+)?(?:ms|[dhms]))+\b/gu, '0s')
    .replaceAll(/\b\d+(?:\.\d+)? (?:[KMG]i)?B\b/gu, '0 B')
    .replaceAll(/\b\d+/gu, '0')
    .replaceAll(/[AP]M\b/gu, '')
    .replaceAll(/[ ─]+/gu, ' ')
    .trim();
}
