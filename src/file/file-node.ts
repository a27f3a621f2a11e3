/** How a text is written. */
export type TextFormat = 'json' | 'yaml';

/** Where something stands in a text: from `start` up to, and without, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A text, a number, a truth value, or nothing. */
export interface ScalarNode extends Span {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
}

/** An element of a list or an entry of a map. */
export interface ChildNode {
  /** Its key, or its index. */
  readonly name: string | number;
  /** Where it begins: its key; the hyphen of a list in block layout; else its value. */
  readonly start: number;
  /** Behind its colon or hyphen. */
  readonly indicatorEnd: number;
  readonly value: FileNode;
  /** The alias that stands in place of the value, which is written elsewhere. */
  readonly alias: Span | undefined;
}

/** A list or a map. */
export interface CollectionNode extends Span {
  readonly kind: 'list' | 'map';
  /** `flow` has brackets, as all of JSON; `block` goes by indentation. */
  readonly layout: 'flow' | 'block';
  readonly children: readonly ChildNode[];
}

/** A value of a configuration file, and where it stands. A value that aliases repeat is one object. */
export type FileNode = ScalarNode | CollectionNode;

/** The path of a child, as readers of options write it: `services[1].port`. */
export function pathTo(parent: string, name: string | number): string {
  if (typeof name === 'number') return `${parent}[${name}]`;
  return parent === '' ? name : `${parent}.${name}`;
}

/** Where a child ends. */
export function endOf({ alias, value, indicatorEnd }: ChildNode): number {
  return alias?.end ?? Math.max(value.end, indicatorEnd);
}

export function childOf(node: FileNode, name: string | number): ChildNode | undefined {
  return node.kind === 'scalar' ? undefined : node.children.find((child) => child.name === name);
}

/** The value as plain data, just as the file states it. A value that aliases repeat is one object here as well. */
export function rawValue(node: FileNode, known = new Map<FileNode, unknown>()): unknown {
  if (node.kind === 'scalar') return node.value;
  if (known.has(node)) return known.get(node);
  const entries = node.children.map(({ name, value }) => [name, rawValue(value, known)] as const);
  const value = node.kind === 'list' ? entries.map(([, element]) => element) : Object.fromEntries(entries);
  known.set(node, value);
  return value;
}
