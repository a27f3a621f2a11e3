import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allPages, Page, projectFileExists, projectPath } from './markdown.ts';

const pages = allPages();

/** Words that Sluice has others for (docs/glossary.md). "node" is fine in names such as Node.js and node status. */
const bannedWords = /\b(backends?|upstreams?|frontends?|members?|targets?|sticky|peers?)\b/giu;

/** What a request line asks for (HTTP), also as a client fact; the name of the benchmark; what Prometheus scrapes. */
const allowedTerms =
  /request(?:'s)? targets?|`target`|\btarget: |- targets: |bench[:/]peers|results\/peers\.md/giu;

/** Prose and code, without what other products call things: the last two columns of the glossary. */
function ownWords(page: Page): string {
  if (page.file !== 'docs/glossary.md') return page.text;
  return page.text
    .split('\n')
    .map((line) => (line.startsWith('|') ? line.split('|').slice(0, 3).join('|') : line))
    .join('\n');
}

describe.each(pages.map((page) => [page.file, page] as const))('%s', (_, page) => {
  it('has no broken link', () => {
    const links = [...page.prose.matchAll(/\]\(([^)\s]+)\)/gu)].map(([, link = '']) => link);
    const broken = links.filter((link) => !/^https?:/u.test(link) && !resolves(page, link));
    expect(broken).toEqual([]);
  });

  it('uses no banned word', () => {
    expect(ownWords(page).replaceAll(allowedTerms, '').match(bannedWords)).toBeNull();
  });

  it('names only scripts, files and folders that there are', () => {
    const { scripts } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...page.text.matchAll(/npm run ([\w:-]+)/gu)].map(([, script = '']) => script);
    expect(named.filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
    const files = page.text.matchAll(/`((?:src|test|examples|bench|docs|scripts)\/[\w./-]+)`/gu);
    expect([...files].map(([, file = '']) => file).filter((file) => !projectFileExists(file))).toEqual([]);
  });
});

it('every page can be reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const file of reached) {
    for (const linked of linkedPages(new Page(file))) reached.add(linked);
  }
  expect(pages.map(({ file }) => file).filter((file) => !reached.has(file))).toEqual([]);
});

function resolves(page: Page, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? page.file : normalize(join(dirname(page.file), path));
  if (!projectFileExists(file)) return false;
  return anchor === undefined || (file.endsWith('.md') && new Page(file).anchors.has(anchor));
}

/** Pages that a page links to; a folder means the README in it. */
function linkedPages(page: Page): readonly string[] {
  const links = [...page.prose.matchAll(/\]\(([^)#\s]+)[^)]*\)/gu)].map(([, link = '']) => link);
  return links
    .filter((link) => !/^https?:/u.test(link))
    .map((link) => normalize(join(dirname(page.file), link)))
    .map((file) => (file.endsWith('/') ? `${file}README.md` : file))
    .filter((file) => file.endsWith('.md') && projectFileExists(file));
}
