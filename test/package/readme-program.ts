/** A program that README.md prints, and what it says it prints. */
export interface ReadmeProgram {
  readonly source: string;
  readonly output: string;
}

/** The programs under the heading "A first program": one for `import`, one for `require`. */
export interface ReadmePrograms {
  readonly esm: ReadmeProgram;
  readonly commonJs: ReadmeProgram;
}

const heading = 'A first program';

/**
 * Finds the first program of the README, to run it exactly as a reader would copy it.
 *
 * The section has a `js` block that imports 'sluice', a `js` block that requires it, and a `text` block with
 * what both print. Both end by themselves.
 */
export function readmePrograms(readme: string): ReadmePrograms {
  const section = sectionOf(readme);
  const programs = blocksOf(section, 'js');
  const [output] = blocksOf(section, 'text');
  const esm = programs.find((source) => /\bfrom 'sluice'/u.test(source));
  const commonJs = programs.find((source) => source.includes("require('sluice')"));
  if (esm === undefined) throw missing("a ```js block that imports from 'sluice'");
  if (commonJs === undefined) throw missing("a ```js block with require('sluice')");
  if (output === undefined) throw missing('a ```text block with what the program prints');
  return { esm: { source: esm, output }, commonJs: { source: commonJs, output } };
}

/** From the heading to the next one of the same or a higher level. */
function sectionOf(readme: string): string {
  const start = new RegExp(`^(#+) ${heading}$`, 'mu').exec(readme);
  if (start === null) throw missing('that heading');
  const body = readme.slice(start.index + start[0].length);
  const end = new RegExp(`^#{1,${start[1]!.length}} `, 'mu').exec(body);
  return body.slice(0, end?.index);
}

function blocksOf(section: string, language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gmsu');
  return [...section.matchAll(fence)].map((match) => match[1]!);
}

function missing(what: string): Error {
  return new Error(`README.md, "${heading}": ${what} is missing`);
}
