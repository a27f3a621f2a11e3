import { isAlias, isMap, isScalar, isSeq, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import {
  endOf,
  type ChildNode,
  type CollectionNode,
  type FileNode,
  type ScalarNode,
  type Span,
} from './file-node.ts';
import type { SyntaxProblem } from './parse-json.ts';
import { endWithoutBreaks } from './source-text.ts';

/** Makes our nodes of those of the library. */
export class YamlConverter {
  readonly problems: SyntaxProblem[] = [];
  readonly #text: string;
  /** What aliases may stand for: the last value with that anchor, once it has ended. So no value contains itself. */
  readonly #anchors = new Map<string, FileNode>();

  constructor(text: string) {
    this.#text = text;
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
    return { kind: 'scalar', value: content, start, end: endWithoutBreaks(this.#text, start, end) };
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
    const children = isMap(collection)
      ? collection.items.map((pair) => this.#entry(pair))
      : this.#elements(collection, layout);
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
