import type { OptionProblem } from '../base/errors.ts';
import type { FileNode, TextFormat } from './file-node.ts';
import { problemAt, withoutSecret, type FileProblem } from './file-problem.ts';
import { offsetOf, offsetOfProblem } from './option-place.ts';
import type { SourceText, TextPosition } from './source-text.ts';
import type { StatedOptions } from './stated-options.ts';

/** The text of a configuration file, and the values in it. */
export interface ConfigDocument {
  readonly format: TextFormat;
  readonly source: SourceText;
  readonly root: FileNode;
}

/** A configuration file that was read and found right. */
export interface ConfigFile extends StatedOptions {
  /** As it was given. */
  readonly path: string;
  /** Undefined for a module. */
  readonly document: ConfigDocument | undefined;
}

/** Where an option stands, or what should hold it. @returns undefined for a module */
export function positionOf(
  { document }: Pick<ConfigFile, 'document'>,
  path: string,
): TextPosition | undefined {
  return document?.source.positionAt(offsetOf(document.root, path));
}

/** What is wrong with an option, and where that stands in the file. */
export function placeProblem(
  { path, document }: Pick<ConfigFile, 'path' | 'document'>,
  problem: OptionProblem,
): FileProblem {
  if (document === undefined) return { ...withoutSecret(problem), file: path };
  const { source, root } = document;
  return problemAt(source, offsetOfProblem(root, problem), withoutSecret(problem));
}
