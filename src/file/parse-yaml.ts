import { Composer, Parser, type CST, type YAMLError } from 'yaml';
import type { FileLimits } from './file-limits.ts';
import type { ParsedText, SyntaxProblem } from './parse-json.ts';
import { YamlConverter } from './yaml-converter.ts';

const composing = {
  version: '1.2',
  stringKeys: true,
  // Would compare each with each; who reads the tree looks for them by a set.
  uniqueKeys: false,
  resolveKnownTags: false,
  keepSourceTokens: true,
} as const;

/**
 * Reads one document of YAML 1.2, in its core schema: `yes` is a text, and there are no merge keys and no types beyond
 * those of JSON. Names that occur twice are no problem here.
 */
export function parseYaml(text: string, { maxDepth }: Pick<FileLimits, 'maxDepth'>): ParsedText {
  const tokens = [...new Parser().parse(text)];
  // The library calls itself for each level, which can end the process.
  const deep = tokenBelow(tokens, maxDepth);
  if (deep !== undefined) {
    const expected = `at most ${maxDepth} lists and maps inside each other`;
    return { root: undefined, problems: [{ offset: deep.offset, expected, actual: 'more' }] };
  }
  const [document, another] = withoutStacks(() => [
    ...new Composer(composing).compose(tokens, true, text.length),
  ]);
  if (document === undefined) throw new TypeError('a text of YAML without a document');
  // A warning is a tag that means nothing here, or a directive.
  const [first, ...more] = [...document.errors, ...document.warnings];
  const errors = first === undefined ? [] : [first, ...more.filter(({ code }) => lonelyErrors.has(code))];
  const problems = errors.map((error) => explain(error, text));
  const { version } = document.directives.yaml;
  if (version !== '1.2') problems.push({ offset: 0, expected: 'YAML 1.2', actual: `YAML ${version}` });
  if (another !== undefined) {
    problems.push({ offset: another.range[0], expected: 'one document', actual: "another one after '---'" });
  }
  if (problems.length > 0) return { root: undefined, problems };
  const converter = new YamlConverter(text);
  const root = converter.convert(document.contents, 0);
  return { root, problems: converter.problems };
}

/** A text may have a mistake at each character. The library makes an error of each, whose stack costs more than all else. */
function withoutStacks<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The first list or map inside more others than there may be. */
function tokenBelow(tokens: readonly CST.Token[], maxDepth: number): CST.Token | undefined {
  let level = tokens.flatMap((token) => (token.type === 'document' && token.value ? [token.value] : []));
  for (let depth = 0; level.length > 0; depth++) {
    const collections = level.filter((token) => 'items' in token);
    if (depth >= maxDepth) return collections[0];
    level = collections.flatMap(({ items }) =>
      items.flatMap(({ key, value }) => [key ?? [], value ?? []].flat()),
    );
  }
  return undefined;
}

/** Errors that no other one brings about. A mistake of form makes the library stumble over all that follows. */
const lonelyErrors: ReadonlySet<string> = new Set(['BAD_DQ_ESCAPE', 'TAG_RESOLVE_FAILED']);

function explain({ pos: [offset], message }: YAMLError, text: string): SyntaxProblem {
  if (!text.startsWith('${', offset - 1))
    return { offset, expected: 'valid YAML', actual: `this: ${message}` };
  const expected = 'quotes around a text with a variable between brackets';
  return { offset: offset - 1, expected, actual: 'none' };
}
