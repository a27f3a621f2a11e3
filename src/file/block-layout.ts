import { endOf, type ChildNode, type CollectionNode } from './file-node.ts';
import { renderBlockElement, renderBlockEntry, renderFlow, type Style } from './render.ts';
import { isBlank, lineEndOf, lineStartOf, prefixOf, withoutLines, type Splice } from './splice.ts';

/** Puts another value in place of one that stands behind the colon or hyphen of a block layout. */
export function replaceInBlock(text: string, child: ChildNode, value: unknown): readonly Splice[] {
  const { alias, value: present, indicatorEnd } = child;
  const by = renderFlow(value, false);
  const { start, end } = alias ?? present;
  if (start === end) return [{ start: indicatorEnd, end: indicatorEnd, text: ` ${by}` }];
  const isInline = lineStartOf(text, start) <= indicatorEnd;
  if (alias !== undefined || isInline) return [{ start, end, text: by }];
  // What stands on lines of its own; comments between the name and these stay.
  return [{ start: indicatorEnd, end: indicatorEnd, text: ` ${by}` }, withoutLines(text, start, end)];
}

/** Adds a child behind the last one of a collection, written as that is. */
export function addToBlock(
  text: string,
  into: CollectionNode,
  name: string | number,
  value: unknown,
  style: Style,
): Splice {
  const [first, last] = [into.children[0], into.children.at(-1)];
  if (first === undefined || last === undefined) throw new TypeError('a block layout without a line');
  const indent = ' '.repeat(prefixOf(text, first.start).length);
  const at = lineEndOf(text, endOf(last));
  const isFlow = last.value.kind !== 'scalar' && last.value.layout === 'flow';
  let added =
    typeof name === 'string'
      ? renderBlockEntry(name, value, indent, style)
      : renderBlockElement(value, indent, style);
  if (isFlow && typeof name === 'number') added = `- ${renderFlow(value, false)}`;
  return { start: at, end: at, text: `${style.lineBreak}${indent}${added}` };
}

/**
 * Takes one of several children out. Comments on its lines go with it, and those that stand directly above it; above the
 * first child, they may be about all of them, and stay.
 */
export function removeFromBlock(text: string, from: CollectionNode, child: ChildNode): Splice {
  const { start } = child;
  const end = endOf(child);
  const index = from.children.indexOf(child);
  const prefix = prefixOf(text, start);
  if (isBlank(prefix))
    return withoutLines(text, index === 0 ? start : commentsAbove(text, start, prefix), end);
  // The first of a map that begins behind a hyphen: the next one moves up there.
  const next = from.children[1]?.start ?? end;
  return { start, end: isBlank(text.slice(end, next)) ? next : end, text: '' };
}

/** Where the lines of comments begin that stand directly above a line, indented as it is. */
function commentsAbove(text: string, offset: number, indent: string): number {
  let start = lineStartOf(text, offset);
  while (start > 0) {
    const above = lineStartOf(text, start - 1);
    if (!text.startsWith(`${indent}#`, above)) break;
    start = above;
  }
  return start;
}
