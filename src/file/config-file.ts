import type { OptionProblem } from '../base/errors.ts';
import type { BalancerConfig } from '../config/balancer-config.ts';
import type { ResolvedConfig } from '../config/resolved-config.ts';
import type { FileNode, TextFormat } from './file-node.ts';
import { problemAt, withoutSecret, type FileProblem } from './file-problem.ts';
import { offsetOf } from './option-place.ts';
import type { SourceText } from './source-text.ts';

/** The text of a configuration file, and the values in it. */
export interface ConfigDocument {
  readonly format: TextFormat;
  readonly source: SourceText;
  readonly root: FileNode;
}

/** A configuration file that was read and found right. */
export interface ConfigFile {
  /** As it was given. */
  readonly path: string;
  /** What it states, as `new Balancer` and `apply` take it: with variables, units and secrets put in. */
  readonly value: BalancerConfig;
  readonly config: ResolvedConfig;
  /** Undefined for a module. */
  readonly document: ConfigDocument | undefined;
}

/** What is wrong with an option, and where that stands in the file. */
export function placeProblem(
  { path, document }: Pick<ConfigFile, 'path' | 'document'>,
  problem: OptionProblem,
): FileProblem {
  if (document === undefined) return { ...withoutSecret(problem), file: path };
  const { source, root } = document;
  return problemAt(source, offsetOf(root, problem), problem);
}
