import type { ChildNode, CollectionNode } from './file-node.ts';

/** What is in front of the next name of a path. */
const separators = /[.[]/gu;

const indexes = new WeakMap<CollectionNode, ReadonlyMap<string | number, ChildNode>>();

/**
 * The child of a name. Of several with the same name, the first.
 *
 * A file may have a hundred thousand of them and a problem for each: only the first look goes through all.
 */
export function childNamed(node: CollectionNode, name: string | number): ChildNode | undefined {
  let index = indexes.get(node);
  if (index === undefined) {
    // From the end, so that the first one stays.
    index = new Map(node.children.toReversed().map((child) => [child.name, child]));
    indexes.set(node, index);
  }
  return index.get(name);
}

/** The child that a path begins with. Names may have dots and brackets in them: the longest that fits is meant. */
export function childOnWay(node: CollectionNode, path: string): ChildNode | undefined {
  if (node.kind === 'list') {
    const [step, index] = /^\[(\d+)\](?=$|[.[])/u.exec(path) ?? [];
    return step === undefined ? undefined : childNamed(node, Number(index));
  }
  const rest = path.startsWith('.') ? path.slice(1) : path;
  const ends = [...rest.matchAll(separators)].map((match) => match.index);
  for (const end of [rest.length, ...ends.reverse()]) {
    const child = childNamed(node, rest.slice(0, end));
    if (child !== undefined) return child;
  }
  return undefined;
}
