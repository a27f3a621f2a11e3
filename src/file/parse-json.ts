import type { FileLimits } from './file-limits.ts';
import type { ChildNode, CollectionNode, FileNode, ScalarNode } from './file-node.ts';

/** What is wrong with the form of a text, and where. */
export interface SyntaxProblem {
  readonly offset: number;
  readonly expected: string;
  readonly actual: string;
}

/** A text that was read as far as that goes. */
export interface ParsedText {
  /** Undefined where there is no value. */
  readonly root: FileNode | undefined;
  readonly problems: readonly SyntaxProblem[];
}

/**
 * Reads JSON (RFC 8259), and keeps where each value stands, which `JSON.parse` does not. Names that occur twice are no
 * problem here. The first mistake ends the reading: what follows it cannot be told.
 */
export function parseJson(text: string, { maxDepth }: Pick<FileLimits, 'maxDepth'>): ParsedText {
  try {
    return { root: new JsonReader(text, maxDepth).read(), problems: [] };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    return { root: undefined, problems: [error.problem] };
  }
}

class Mistake extends Error {
  readonly problem: SyntaxProblem;

  constructor(problem: SyntaxProblem) {
    super(problem.expected);
    this.problem = problem;
  }
}

const space = /[ \t\r\n]*/uy;
/** Any character but controls, `"` and `\`; or an escape. */
const string = /"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"/uy;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/uy;
const word = /true|false|null/uy;

const anyValue = "a JSON value: a text in double quotes, a number, true, false, null, '{' or '['";

class JsonReader {
  readonly #text: string;
  readonly #maxDepth: number;
  #at = 0;
  #depth = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  read(): FileNode {
    // A byte order mark, which some editors write.
    if (this.#text.startsWith('\ufeff')) this.#at = 1;
    const root = this.#value();
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#fail('nothing after the end of the JSON value');
    return root;
  }

  #value(): FileNode {
    this.#skipSpace();
    const start = this.#at;
    if (this.#takes('{')) return this.#collection('map', start, '}');
    if (this.#takes('[')) return this.#collection('list', start, ']');
    if (this.#text[start] === '"') return this.#scalar(start, this.#string('a text'));
    return this.#scalar(start, this.#match(number) ?? this.#match(word) ?? this.#fail(anyValue));
  }

  #scalar(start: number, literal: string): ScalarNode {
    const value = JSON.parse(literal) as ScalarNode['value'];
    return { kind: 'scalar', value, start, end: this.#at };
  }

  #collection(kind: 'map' | 'list', start: number, close: '}' | ']'): CollectionNode {
    if (++this.#depth > this.#maxDepth)
      this.#fail(`at most ${this.#maxDepth} lists and maps inside each other`, start);
    const children: ChildNode[] = [];
    this.#skipSpace();
    while (!this.#takes(close)) {
      if (children.length > 0) this.#expect(',', `',' or '${close}'`);
      children.push(kind === 'map' ? this.#entry() : this.#element(children.length));
      this.#skipSpace();
    }
    this.#depth -= 1;
    return { kind, layout: 'flow', children, start, end: this.#at };
  }

  #entry(): ChildNode {
    this.#skipSpace();
    const start = this.#at;
    const key = this.#string('a name in double quotes');
    this.#skipSpace();
    this.#expect(':', "':' after the name");
    const indicatorEnd = this.#at;
    return { name: JSON.parse(key) as string, start, indicatorEnd, value: this.#value(), alias: undefined };
  }

  #element(index: number): ChildNode {
    const value = this.#value();
    return { name: index, start: value.start, indicatorEnd: value.start, value, alias: undefined };
  }

  #string(what: string): string {
    const isBegun = this.#text[this.#at] === '"';
    return (
      this.#match(string) ??
      this.#fail(isBegun ? `${what} that ends on its line, with escapes of JSON` : what)
    );
  }

  #skipSpace(): void {
    this.#match(space);
  }

  #takes(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #expect(character: string, expected: string): void {
    if (!this.#takes(character)) this.#fail(expected);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #fail(expected: string, offset = this.#at): never {
    const rest = this.#text.slice(offset, offset + 40);
    const isComment = /^(?:\/\/|\/\*|#)/u.test(rest);
    const hint = isComment
      ? '; JSON has no comments, and a file named .yaml may have some that begin with #'
      : '';
    throw new Mistake({ offset, expected: expected + hint, actual: this.#found(rest) });
  }

  #found(rest: string): string {
    if (rest === '') return 'the end of the file';
    return `'${/^(?:\w+|.)/u.exec(rest)?.[0] ?? 'a line break'}'`;
  }
}
