import { namesIn, type ValuePath } from '../base/edit.ts';
import type { OptionProblem } from '../base/errors.ts';
import { childNamed, childOnWay } from './child-index.ts';
import type { ChildNode, FileNode } from './file-node.ts';

/** What a path leads to, as far as the file has it. */
interface Found {
  /** The last value on the way that there is. */
  readonly node: FileNode;
  /** What holds it; undefined for the whole. */
  readonly child: ChildNode | undefined;
  readonly names: ValuePath;
  /** What is left of the path. */
  readonly rest: string;
}

/** Follows a path such as `services[1].port`. */
function follow(root: FileNode, path: string): Found {
  let found: Found = { node: root, child: undefined, names: [], rest: path };
  while (found.rest !== '' && found.node.kind !== 'scalar') {
    const { node, names, rest } = found;
    const child = childOnWay(node, rest);
    if (child === undefined) break;
    const left = rest.slice(stepOf(rest, child.name).length);
    found = { node: child.value, child, names: [...names, child.name], rest: left };
  }
  return found;
}

function stepOf(rest: string, name: string | number): string {
  if (typeof name === 'number') return `[${name}]`;
  return rest.startsWith('.') ? `.${name}` : name;
}

/** Where an option stands: its value; or where that is missing, what should hold it. */
export function offsetOf(root: FileNode, path: string): number {
  const { node, child, rest } = follow(root, path);
  if (child === undefined) return node.start;
  // A missing option is pointed at where its object begins: a list element there, or else the name of the object.
  if (rest !== '' && node.kind === 'map' && typeof child.name === 'string') return child.start;
  return child.alias?.start ?? node.start;
}

/** Where a problem of a reader stands. It tells of an unknown option at the object that has it. */
export function offsetOfProblem(root: FileNode, { path, expected, actual }: OptionProblem): number {
  const { node, rest } = follow(root, path);
  if (rest === '' && node.kind === 'map' && expected.startsWith('a known option')) {
    // In quotes.
    const unknown = childNamed(node, actual.slice(1, -1));
    if (unknown !== undefined) return unknown.start;
  }
  return offsetOf(root, path);
}

/**
 * The names of a path. What the file does not have is taken apart at dots and brackets.
 *
 * @returns undefined where it is no path
 */
export function namesOf(root: FileNode, path: string): ValuePath | undefined {
  const { names, rest } = follow(root, path);
  const further = namesIn(rest);
  return further === undefined ? undefined : [...names, ...further];
}
