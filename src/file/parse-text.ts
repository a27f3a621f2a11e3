import type { OptionProblem } from '../base/errors.ts';
import type { FileLimits } from './file-limits.ts';
import { childOf, pathTo, type FileNode, type TextFormat } from './file-node.ts';
import { parseJson } from './parse-json.ts';
import { parseYaml } from './parse-yaml.ts';

const parsers = { json: parseJson, yaml: parseYaml } as const;

/** A problem of an option that was found in the text. */
export interface PlacedProblem extends OptionProblem {
  readonly offset: number;
}

/** What a text holds, as far as it could be read. */
export interface ReadText {
  /** Undefined where the form is wrong, or the values or services are too many: then it is not known what the text states. */
  readonly root: FileNode | undefined;
  readonly problems: readonly PlacedProblem[];
}

/** Reads the values of a text, within limits. What they mean is not looked at. */
export function parseText(text: string, format: TextFormat, limits: FileLimits): ReadText {
  const { root, problems } = parsers[format](text, limits);
  if (root === undefined || problems.length > 0) {
    return { root: undefined, problems: problems.map((problem) => ({ path: '', ...problem })) };
  }
  const excess = excessOf(root, limits);
  if (excess !== undefined) return { root: undefined, problems: [excess] };
  return { root, problems: repeatedNames(root) };
}

/** What there is more of than there may be. */
function excessOf(root: FileNode, { maxValues, maxServices }: FileLimits): PlacedProblem | undefined {
  if (countValues(root) > maxValues) {
    const expected = `at most ${maxValues} values, each counted as often as aliases repeat it`;
    return { path: '', offset: root.start, expected, actual: 'more' };
  }
  const services = childOf(root, 'services')?.value;
  if (services?.kind !== 'list' || services.children.length <= maxServices) return undefined;
  const actual = `an array of ${services.children.length}`;
  return { path: 'services', offset: services.start, expected: `at most ${maxServices} services`, actual };
}

/** How many values there are with every alias written out. Each node is looked at once, however often it is repeated. */
function countValues(node: FileNode, known = new Map<FileNode, number>()): number {
  if (node.kind === 'scalar') return 1;
  let count = known.get(node);
  if (count === undefined) {
    count = node.children.reduce((sum, { value }) => sum + countValues(value, known), 1);
    known.set(node, count);
  }
  return count;
}

/** Names that an object states twice. Readers would see one of the two, and nobody knows which one was meant. */
function repeatedNames(
  node: FileNode,
  path = '',
  problems: PlacedProblem[] = [],
  seen = new Set<FileNode>(),
): PlacedProblem[] {
  if (node.kind === 'scalar' || seen.has(node)) return problems;
  seen.add(node);
  const names = new Set<string | number>();
  for (const { name, start, value } of node.children) {
    const at = pathTo(path, name);
    if (names.has(name)) {
      problems.push({
        path: at,
        offset: start,
        expected: 'an option that is stated once',
        actual: `'${name}' again`,
      });
    }
    names.add(name);
    repeatedNames(value, at, problems, seen);
  }
  return problems;
}
