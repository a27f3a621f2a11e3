import ts from 'typescript';
import { parse, sourceFiles, visit } from './source-files.ts';

/** One field of an object type, as its declaration says. */
export interface Member {
  readonly name: string;
  readonly isOptional: boolean;
  /** What its comment says after `@default`. */
  readonly defaultText: string | undefined;
}

/** An interface, or an alias of object types. */
type Declaration = ts.InterfaceDeclaration | ts.TypeAliasDeclaration;

/** The types that the sources declare, by name. Read without a type checker, which takes much longer. */
export class SourceTypes {
  readonly #declarations = new Map<string, Declaration>();
  readonly #exported: readonly string[];

  constructor() {
    for (const file of sourceFiles()) {
      ts.forEachChild(parse(file), (node) => {
        if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) {
          this.#declarations.set(node.name.text, node);
        }
      });
    }
    this.#exported = ['src/index.ts', 'src/admin.ts'].flatMap((entry) => exportedNames(parse(entry)));
  }

  /** Names that the entry points export. */
  get exported(): readonly string[] {
    return this.#exported;
  }

  has(name: string): boolean {
    return this.#declarations.has(name);
  }

  /** Is it what the data paths tell an engine, which users have nothing to do with? */
  isOfEngine(name: string): boolean {
    return this.#require(name).getSourceFile().fileName.startsWith('src/engine/');
  }

  /** The fields that a declaration states itself, without those it inherits. */
  ownMembers(name: string): readonly Member[] {
    const declaration = this.#require(name);
    if (ts.isInterfaceDeclaration(declaration)) return declaration.members.flatMap(memberOf);
    return membersOfType(declaration.type);
  }

  /** All fields of an interface, inherited ones first. */
  allMembers(name: string): readonly Member[] {
    const declaration = this.#require(name);
    const parents = ts.isInterfaceDeclaration(declaration) ? namesIn(declaration.heritageClauses ?? []) : [];
    return [...parents.flatMap((parent) => this.allMembers(parent)), ...this.ownMembers(name)];
  }

  /** The type that a field of an interface refers to. */
  typeOfMember(name: string, member: string): string {
    const declaration = this.#require(name);
    if (!ts.isInterfaceDeclaration(declaration)) throw new Error(`${name} is no interface`);
    for (const found of declaration.members) {
      if (ts.isPropertySignature(found) && found.name.getText() === member)
        return found.type?.getText() ?? '';
    }
    throw new Error(`${name} has no ${member}`);
  }

  /** The words of a union of string literals. */
  wordsOf(name: string): readonly string[] {
    const words: string[] = [];
    visit(this.#require(name), (node) => {
      if (ts.isStringLiteral(node)) words.push(node.text);
    });
    return words;
  }

  /** Names of declared types that a declaration mentions. */
  mentionedIn(name: string): readonly string[] {
    return namesIn([this.#require(name)]).filter((mentioned) => this.has(mentioned) && mentioned !== name);
  }

  #require(name: string): Declaration {
    const declaration = this.#declarations.get(name);
    if (declaration === undefined) throw new Error(`The sources declare no type ${name}`);
    return declaration;
  }
}

function exportedNames(index: ts.SourceFile): string[] {
  const names: string[] = [];
  visit(index, (node) => {
    if (ts.isExportSpecifier(node)) names.push(node.name.text);
  });
  return names;
}

function memberOf(node: ts.TypeElement): Member[] {
  if (!ts.isPropertySignature(node)) return [];
  const tag = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === 'default');
  const defaultText = tag === undefined ? undefined : ts.getTextOfJSDocComment(tag.comment);
  return [{ name: node.name.getText(), isOptional: node.questionToken !== undefined, defaultText }];
}

/** Of a union, a field that only some alternatives have is optional. */
function membersOfType(type: ts.TypeNode): readonly Member[] {
  if (ts.isParenthesizedTypeNode(type)) return membersOfType(type.type);
  if (ts.isTypeLiteralNode(type)) return type.members.flatMap(memberOf);
  if (ts.isIntersectionTypeNode(type)) return type.types.flatMap(membersOfType);
  if (!ts.isUnionTypeNode(type)) return [];
  const alternatives = type.types.map(membersOfType).filter((members) => members.length > 0);
  const names = new Set(alternatives.flat().map(({ name }) => name));
  return [...names].map((name) => {
    const found = alternatives.map((members) => members.find((member) => member.name === name));
    const isOptional = found.some((member) => member === undefined || member.isOptional);
    return { name, isOptional, defaultText: undefined };
  });
}

function namesIn(nodes: readonly ts.Node[]): readonly string[] {
  const names = new Set<string>();
  for (const node of nodes) {
    visit(node, (found) => {
      if (ts.isTypeReferenceNode(found)) names.add(found.typeName.getText());
      if (ts.isExpressionWithTypeArguments(found)) names.add(found.expression.getText());
    });
  }
  return [...names];
}
