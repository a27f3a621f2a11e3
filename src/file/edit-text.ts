import { withChange, type ValuePath } from '../base/edit.ts';
import { toPlain } from '../base/plain-data.ts';
import { addToBlock, removeFromBlock, replaceInBlock } from './block-layout.ts';
import type { ConfigDocument } from './config-file.ts';
import { stepsBetween, type ConfigEdit, type Step } from './config-edit.ts';
import type { FileLimits } from './file-limits.ts';
import { childOf, pathTo, rawValue, type ChildNode, type FileNode } from './file-node.ts';
import { ConfigFileError, problemAt } from './file-problem.ts';
import { addToFlow, removeFromFlow, replaceInFlow } from './flow-layout.ts';
import { namesOf, offsetOf } from './option-place.ts';
import { parseText } from './parse-text.ts';
import type { Style } from './render.ts';
import { SourceText } from './source-text.ts';
import { prefixOf, spliced, type Splice } from './splice.ts';

/**
 * The text with its values changed, and nothing else: comments, order, quotes and indentation of all others stay.
 *
 * After each step the text is read again. So whatever the text looks like, the result states what was asked for and all
 * that it stated before, or there is none.
 *
 * What an alias repeats changes where all its uses change alike; otherwise it is written out where the alias stands.
 *
 * @throws ConfigFileError for a path that leads nowhere, and where the text cannot be changed like this: a value that
 * changes where it stands but not where an alias repeats it, for example
 */
export function editText(document: ConfigDocument, edits: readonly ConfigEdit[], limits: FileLimits): string {
  const raw = rawValue(document.root);
  const wanted = edits.reduce<unknown>((value, edit) => applied(document, value, edit), raw);
  let present: Progress = { document, left: stepsBetween(raw, wanted) };
  for (;;) {
    const [step] = present.left;
    if (step === undefined) return present.document.source.text;
    const { document: from, left } = present;
    const next = waysToTake(from, step, wanted)
      .map((way) => taken(from, way, wanted, limits))
      .find((progress) => progress !== undefined && progress.left.length < left.length);
    if (next === undefined) {
      const actual = 'one that is written in a way that hinders it, such as an alias: change it by hand';
      throw failure(document, step.path, 'a value that can be changed by itself', actual);
    }
    present = next;
  }
}

/** A text, and the steps that are left from there. */
interface Progress {
  readonly document: ConfigDocument;
  readonly left: readonly Step[];
}

/** A step as it is, and with an alias on the way to it written out. */
function waysToTake({ root }: ConfigDocument, step: Step, wanted: unknown): readonly Step[] {
  const aliases = wayTo(root, step.path).flatMap(({ alias }, index) =>
    alias === undefined ? [] : [index + 1],
  );
  const writtenOut = aliases.map((length): Step => {
    const path = step.path.slice(0, length);
    return {
      path,
      put: path.reduce<unknown>((value, name) => Reflect.get(Object(value) as object, name), wanted),
    };
  });
  return [step, ...writtenOut.reverse()];
}

/** @returns undefined where the text could not be read any more */
function taken(
  document: ConfigDocument,
  step: Step,
  wanted: unknown,
  limits: FileLimits,
): Progress | undefined {
  const { format, source } = document;
  const text = spliced(source.text, splicesOf(document, step));
  const { root, problems } = parseText(text, format, limits);
  if (root === undefined || problems.length > 0) return undefined;
  return {
    document: { format, source: new SourceText(source.file, text), root },
    left: stepsBetween(rawValue(root), wanted),
  };
}

function applied(document: ConfigDocument, value: unknown, edit: ConfigEdit): unknown {
  const names = typeof edit.path === 'string' ? namesOf(document.root, edit.path) : edit.path;
  const change = 'value' in edit ? { value: toPlain(edit.value) } : edit;
  const next = names === undefined || names.length === 0 ? undefined : withChange(value, names, change);
  if (next !== undefined) return next;
  throw failure(document, edit.path, 'the path of a value that can be changed', 'none in this file');
}

function failure(
  { source, root }: ConfigDocument,
  place: string | ValuePath,
  expected: string,
  actual: string,
): ConfigFileError {
  const path = typeof place === 'string' ? place : place.reduce<string>(pathTo, '');
  return new ConfigFileError([problemAt(source, offsetOf(root, path), { path, expected, actual })]);
}

function splicesOf(document: ConfigDocument, { path, ...change }: Step): readonly Splice[] {
  const style = styleOf(document);
  const { text } = document.source;
  const way = wayTo(document.root, path.slice(0, -1));
  const parent = way.at(-1)?.value ?? document.root;
  const name = path.at(-1);
  if (parent.kind === 'scalar' || name === undefined) return [];
  const child = childOf(parent, name);
  if ('put' in change) {
    if (child !== undefined) return replaced(text, parent.layout, child, change.put, style);
    const add = parent.layout === 'flow' ? addToFlow : addToBlock;
    return [add(text, parent, name, change.put, style)];
  }
  if (child === undefined) return [];
  if (parent.layout === 'flow') return removeFromFlow(text, parent, child);
  if (parent.children.length > 1) return [removeFromBlock(text, parent, child)];
  // Block layout has no way to write an empty list or map.
  const holder = way.at(-1);
  return holder === undefined ? [] : replaced(text, 'block', holder, parent.kind === 'list' ? [] : {}, style);
}

function replaced(
  text: string,
  layout: 'flow' | 'block',
  child: ChildNode,
  by: unknown,
  style: Style,
): readonly Splice[] {
  return layout === 'flow' ? [replaceInFlow(text, child, by, style)] : replaceInBlock(text, child, by);
}

/** The children that lead to a place. */
function wayTo(root: FileNode, names: ValuePath): readonly ChildNode[] {
  const way: ChildNode[] = [];
  for (const name of names) {
    const child = childOf(way.at(-1)?.value ?? root, name);
    if (child === undefined) break;
    way.push(child);
  }
  return way;
}

/** Line breaks and indentation as the text has them. */
function styleOf({ format, source: { text }, root }: ConfigDocument): Style {
  const first = root.kind === 'scalar' ? undefined : root.children[0];
  const indent = first === undefined ? '' : prefixOf(text, first.start);
  const isJson = format === 'json';
  return {
    isJson,
    lineBreak: text.includes('\r\n') ? '\r\n' : '\n',
    step: isJson && /^[ \t]+$/u.test(indent) ? indent : '  ',
  };
}
