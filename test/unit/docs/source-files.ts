import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { projectPath } from './markdown.ts';

/** A declaration of a class that has a name. */
type NamedClass = ts.ClassDeclaration & { readonly name: ts.Identifier };

/** The files of the sources, by their paths in the project. */
export function sourceFiles(): readonly string[] {
  const files = readdirSync(projectPath('src'), { recursive: true, encoding: 'utf8' });
  return files.filter((name) => name.endsWith('.ts')).map((name) => `src/${name.replaceAll('\\', '/')}`);
}

/** The folders directly in `src`. */
export function sourceFolders(): readonly string[] {
  const entries = readdirSync(projectPath('src'), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Every identifier of the sources, and every word of their texts; no word of their comments. */
export function sourceWords(): ReadonlySet<string> {
  const words = new Set<string>();
  for (const file of sourceFiles()) {
    visit(parse(file), (node) => {
      if (ts.isIdentifier(node)) words.add(node.text);
      if (ts.isStringLiteralLike(node)) for (const word of wordsOf(node.text)) words.add(word);
    });
  }
  return words;
}

/** What a text is made of: `tcp+udp` is `tcp` and `udp`. */
export function wordsOf(text: string): readonly string[] {
  return text.match(/[\w$]+/gu) ?? [];
}

/** Names of the classes that an entry point exports, also those of which it exports the type alone. */
export function exportedClasses(entry: string): readonly string[] {
  return parse(entry).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined) return [];
    const from = (statement.moduleSpecifier as ts.StringLiteral).text;
    const classes = parse(join(dirname(entry), from)).statements.filter(isNamedClass);
    const names = classes.map(({ name }) => name.text);
    const { exportClause } = statement;
    if (exportClause === undefined || !ts.isNamedExports(exportClause)) return names;
    const exported = exportClause.elements.map(({ name, propertyName = name }) => propertyName.text);
    return names.filter((name) => exported.includes(name));
  });
}

export function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(projectPath(file), 'utf8'), ts.ScriptTarget.Latest, true);
}

export function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => {
    visit(child, look);
  });
}

function isNamedClass(node: ts.Statement): node is NamedClass {
  return ts.isClassDeclaration(node) && node.name !== undefined;
}
