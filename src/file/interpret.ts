import { parseDuration, parseSize } from '../base/quantities.ts';
import { describe } from '../base/wording.ts';
import { isSecretOption } from '../config/secret-options.ts';
import { pathTo, type ChildNode, type CollectionNode, type FileNode } from './file-node.ts';
import { OptionShape } from './option-shape.ts';
import type { PlacedProblem } from './parse-text.ts';
import type { Secret } from './secrets.ts';
import { expandVariables, type Environment } from './variables.ts';

/** What a file may refer to. */
export interface Surroundings {
  readonly environment: Environment;
  /** The secrets that are known, by the path of the file that holds each, as the configuration states it. */
  readonly secrets: ReadonlyMap<string, Secret>;
}

/** What a file means. */
export interface Interpretation {
  /** What readers of options take. */
  readonly value: unknown;
  readonly problems: readonly PlacedProblem[];
  /** Files of secrets that are not known yet. */
  readonly wantedSecrets: ReadonlySet<string>;
}

/**
 * Gives values their meaning: variables of the environment, durations and sizes as texts, secrets in files of their own.
 * `$schema` is for editors, and dropped.
 */
export function interpret(root: FileNode, surroundings: Surroundings): Interpretation {
  const interpreter = new Interpreter(surroundings);
  const value = interpreter.read(withoutSchema(root), { path: '', name: '', shape: OptionShape.ofFile() });
  return { value, problems: interpreter.problems, wantedSecrets: interpreter.wantedSecrets };
}

function withoutSchema(root: FileNode): FileNode {
  if (root.kind !== 'map') return root;
  return { ...root, children: root.children.filter(({ name }) => name !== '$schema') };
}

/** Where a value stands. */
interface Place {
  readonly path: string;
  /** The name of the option: of a list's element, that of the list. */
  readonly name: string;
  readonly shape: OptionShape;
}

const quantities = [
  {
    ending: 'Ms',
    parse: parseDuration,
    expected: 'a duration such as 30m, 1h30m or 500ms, or a number of milliseconds',
  },
  { ending: 'Bytes', parse: parseSize, expected: 'a size such as 64KiB or 1MiB, or a number of bytes' },
];

class Interpreter {
  readonly problems: PlacedProblem[] = [];
  readonly wantedSecrets = new Set<string>();
  readonly #surroundings: Surroundings;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  read(node: FileNode, place: Place): unknown {
    if (node.kind === 'scalar') {
      return typeof node.value === 'string' ? this.#readText(node.value, node.start, place) : node.value;
    }
    if (node.kind === 'map' && place.shape.takes('text') && isSecretOption(place.path)) {
      return this.#readSecret(node, place);
    }
    const values = node.children.map((child) => this.read(child.value, below(place, child)));
    if (node.kind === 'list') return values;
    return Object.fromEntries(node.children.map(({ name }, index) => [name, values[index]]));
  }

  #readText(text: string, offset: number, { path, name, shape }: Place): unknown {
    const { text: expanded, isExpanded, problems } = expandVariables(text, this.#surroundings.environment);
    for (const problem of problems) this.problems.push({ path, offset, ...problem });
    const isNumber = shape.takes('number') && !shape.takes('text');
    if (isExpanded && isNumber && /^-?\d+(?:\.\d+)?$/u.test(expanded)) return Number(expanded);
    if (isExpanded && shape.takes('boolean') && /^(?:true|false)$/u.test(expanded))
      return expanded === 'true';
    const quantity = isNumber ? quantities.find(({ ending }) => name.endsWith(ending)) : undefined;
    if (quantity === undefined || expanded === 'Infinity' || problems.length > 0) return expanded;
    const value = quantity.parse(expanded);
    if (value === undefined) {
      this.problems.push({ path, offset, expected: quantity.expected, actual: describe(expanded) });
    }
    return value;
  }

  /** `{ file: … }` in place of a text. */
  #readSecret(node: CollectionNode, { path, shape }: Place): string {
    const { start } = node;
    const [reference, ...more] = node.children;
    const file =
      reference?.name === 'file' && more.length === 0
        ? this.read(reference.value, { path: pathTo(path, 'file'), name: 'file', shape: shape.child('file') })
        : undefined;
    if (typeof file !== 'string' || file === '') {
      const expected = "a text, or { file: 'the path of a file that holds it' }";
      this.problems.push({ path, offset: start, expected, actual: 'another object' });
      return '';
    }
    const secret = this.#surroundings.secrets.get(file);
    if (secret === undefined) {
      this.wantedSecrets.add(file);
    } else if ('problem' in secret) {
      const at = { path: pathTo(path, 'file'), offset: start };
      this.problems.push({ ...at, expected: 'a file with the secret', actual: secret.problem });
    } else {
      return secret.text;
    }
    return '';
  }
}

function below({ path, name, shape }: Place, child: ChildNode): Place {
  return {
    path: pathTo(path, child.name),
    name: typeof child.name === 'number' ? name : child.name,
    shape: shape.child(child.name),
  };
}
