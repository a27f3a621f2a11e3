import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Pair,
  type YAMLError,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { FileLimits } from './file-limits.ts';
import {
  endOf,
  type ChildNode,
  type CollectionNode,
  type FileNode,
  type ScalarNode,
  type Span,
} from './file-node.ts';
import type { ParsedText, SyntaxProblem } from './parse-json.ts';

/**
 * Reads one document of YAML 1.2, in its core schema: `yes` is a text, and there are no merge keys and no types beyond
 * those of JSON. Names that occur twice are no problem here.
 */
export function parseYaml(text: string, { maxDepth }: Pick<FileLimits, 'maxDepth'>): ParsedText {
  const document = parseDocument(text, {
    version: '1.2',
    stringKeys: true,
    // Would compare each with each; who reads the tree looks for them by a set.
    uniqueKeys: false,
    resolveKnownTags: false,
    keepSourceTokens: true,
    prettyErrors: false,
    logLevel: 'error',
  });
  // A warning is a tag that means nothing here, or a directive.
  const [first, ...more] = [...document.errors, ...document.warnings];
  const errors = first === undefined ? [] : [first, ...more.filter(({ code }) => lonelyErrors.has(code))];
  const problems = errors.map((error) => explain(error, text, maxDepth));
  const { version } = document.directives.yaml;
  if (version !== '1.2') problems.push({ offset: 0, expected: 'YAML 1.2', actual: `YAML ${version}` });
  if (problems.length > 0) return { root: undefined, problems };
  const converter = new Converter(text, maxDepth);
  const root = converter.convert(document.contents, 0);
  return { root, problems: converter.problems };
}

/** Errors that no other one brings about. A mistake of form makes the library stumble over all that follows. */
const lonelyErrors: ReadonlySet<string> = new Set(['BAD_DQ_ESCAPE', 'MULTIPLE_DOCS', 'TAG_RESOLVE_FAILED']);

function explain({ code, pos, message }: YAMLError, text: string, maxDepth: number): SyntaxProblem {
  const offset = pos[0];
  if (text.startsWith('${', offset - 1)) {
    return {
      offset: offset - 1,
      expected: 'quotes around a text with a variable between brackets',
      actual: 'none',
    };
  }
  if (code === 'RESOURCE_EXHAUSTION') return tooDeep(offset, maxDepth);
  if (code === 'MULTIPLE_DOCS')
    return { offset, expected: 'one document', actual: "another one after '---'" };
  return { offset, expected: 'valid YAML', actual: `this: ${message}` };
}

function tooDeep(offset: number, maxDepth: number): SyntaxProblem {
  return { offset, expected: `at most ${maxDepth} lists and maps inside each other`, actual: 'more' };
}

/** Makes our nodes of those of the library. */
class Converter {
  readonly problems: SyntaxProblem[] = [];
  readonly #text: string;
  readonly #maxDepth: number;
  /** What aliases may stand for: the last value with that anchor, once it has ended. So no value contains itself. */
  readonly #anchors = new Map<string, FileNode>();
  #depth = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  /** @param emptyAt where a value stands of which there is nothing to see */
  convert(value: unknown, emptyAt: number): FileNode {
    const node = this.#convert(value, emptyAt);
    const anchor = isScalar(value) || isMap(value) || isSeq(value) ? value.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    return node;
  }

  #convert(value: unknown, emptyAt: number): FileNode {
    if (isAlias(value)) return this.#aliased(value.source, spanOf(value.range, emptyAt));
    if (isMap(value)) return this.#collection('map', value, emptyAt);
    if (isSeq(value)) return this.#collection('list', value, emptyAt);
    const { start, end } = spanOf(isScalar(value) ? value.range : undefined, emptyAt);
    const content = isScalar(value) ? (value.value as ScalarNode['value']) : null;
    // The last line break of a block scalar is also that of its line.
    const text = this.#text.slice(start, end);
    return { kind: 'scalar', value: content, start, end: start + text.replace(/[\r\n]+$/u, '').length };
  }

  #aliased(anchor: string, { start, end }: Span): FileNode {
    const known = this.#anchors.get(anchor);
    if (known !== undefined) return known;
    const expected = `a value that has the anchor &${anchor} and ends before`;
    this.problems.push({ offset: start, expected, actual: `*${anchor}` });
    return { kind: 'scalar', value: null, start, end };
  }

  #collection(kind: 'map' | 'list', collection: YAMLMap | YAMLSeq, emptyAt: number): CollectionNode {
    const span = spanOf(collection.range, emptyAt);
    const layout = collection.flow === true ? 'flow' : 'block';
    if (++this.#depth > this.#maxDepth) {
      this.problems.push(tooDeep(span.start, this.#maxDepth));
      this.#depth -= 1;
      return { kind, layout, children: [], ...span };
    }
    const children = isMap(collection)
      ? collection.items.map((pair) => this.#entry(pair))
      : this.#elements(collection, layout);
    this.#depth -= 1;
    // In block layout, the library's range goes on over comments and empty lines behind the last value.
    const last = children.at(-1);
    return {
      kind,
      layout,
      children,
      ...span,
      end: layout === 'flow' ? span.end : last === undefined ? span.start : endOf(last),
    };
  }

  #entry({ key, value, srcToken }: Pair): ChildNode {
    const name = isScalar(key) ? String(key.value) : '';
    const { start, end } = spanOf(isScalar(key) ? key.range : undefined, 0);
    const separators = srcToken?.sep ?? [];
    const colon = separators.find(({ type }) => type === 'map-value-ind');
    return this.#child(name, start, colon === undefined ? end : colon.offset + 1, value);
  }

  #elements(list: YAMLSeq, layout: 'flow' | 'block'): readonly ChildNode[] {
    const token = list.srcToken;
    const hyphens = token?.type === 'block-seq' ? token.items.flatMap(({ start }) => start) : [];
    const offsets = hyphens.filter(({ type }) => type === 'seq-item-ind').map(({ offset }) => offset);
    return list.items.map((item, index) => {
      const hyphen = layout === 'block' ? offsets[index] : undefined;
      if (hyphen !== undefined) return this.#child(index, hyphen, hyphen + 1, item);
      const { start } = spanOf((item as { readonly range?: readonly number[] | null }).range, 0);
      return this.#child(index, start, start, item);
    });
  }

  #child(name: string | number, start: number, indicatorEnd: number, item: unknown): ChildNode {
    const value = this.convert(item, indicatorEnd);
    const alias = isAlias(item) ? spanOf(item.range, indicatorEnd) : undefined;
    return { name, start, indicatorEnd, value, alias };
  }
}

function spanOf(range: readonly number[] | null | undefined, emptyAt: number): Span {
  const [start = emptyAt, end = start] = range ?? [];
  return { start, end };
}
