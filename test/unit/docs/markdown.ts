import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Where a file of the project is. */
export function projectPath(file: string): string {
  return `${root}${file}`;
}

export function projectFileExists(file: string): boolean {
  return existsSync(projectPath(file));
}

/** One page of Markdown, by its path in the project. */
export class Page {
  readonly file: string;
  readonly text: string;

  constructor(file: string) {
    this.file = file;
    this.text = readFileSync(projectPath(file), 'utf8');
  }

  /** Fenced blocks of code. */
  get blocks(): readonly CodeBlock[] {
    const found = this.text.matchAll(/^```(\w+)\n(.*?)^```$/gmsu);
    return [...found].map(([, language = '', code = ''], index) => ({ language, code, index }));
  }

  /** The text without its blocks of code. */
  get prose(): string {
    return this.text.replaceAll(/^```.*?^```$/gmsu, '');
  }

  /** Headings with the rows of the tables under each. */
  get sections(): readonly Section[] {
    return this.prose.split(/^(?=#+ )/mu).map((part) => ({
      heading: part.slice(0, part.indexOf('\n')).replace(/^#+ /u, '').trim(),
      rows: tableRows(part),
    }));
  }

  /** What `#…` may say after the name of this page, as GitHub makes it of headings. */
  get anchors(): ReadonlySet<string> {
    const slugs = this.sections.map(({ heading }) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );
    return new Set(slugs);
  }

  /** The rows under a heading. */
  rowsOf(heading: string): readonly Row[] {
    return this.sections.find((section) => section.heading === heading)?.rows ?? [];
  }
}

export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  readonly index: number;
}

/** The cells of one row of a table. */
export type Row = readonly string[];

export interface Section {
  readonly heading: string;
  readonly rows: readonly Row[];
}

/** README, CONTRIBUTING, and every page of the documentation. */
export function allPages(): readonly Page[] {
  const files = readdirSync(projectPath('docs'), { recursive: true, encoding: 'utf8' });
  const pages = files
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file.replaceAll('\\', '/')}`);
  return ['README.md', 'CONTRIBUTING.md', ...pages.sort()].map((file) => new Page(file));
}

/** What stands in backticks in a cell. */
export function codeOf(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/gu)].map(([, code = '']) => code);
}

/** The rows of all tables of a text, without their heads. */
function tableRows(text: string): readonly Row[] {
  const lines = text.split('\n');
  return lines
    .filter((line, index) => line.startsWith('|') && !isRule(line) && !isRule(lines[index + 1]))
    .map((line) => line.slice(1, line.lastIndexOf('|')).split('|'))
    .map((cells) => cells.map((cell) => cell.trim()));
}

/** The line of dashes between the head of a table and its rows. */
function isRule(line = ''): boolean {
  return /^\|[ |-]*-[ |-]*\|$/u.test(line);
}
