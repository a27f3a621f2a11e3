import { endOf, type ChildNode, type CollectionNode } from './file-node.ts';
import { renderFlow, renderPretty, type Style } from './render.ts';
import { isBlank, lineEndOf, lineStartOf, prefixOf, withoutLines, type Splice } from './splice.ts';

/** Puts another value in place of one between brackets. */
export function replaceInFlow(
  text: string,
  { alias, value, indicatorEnd }: ChildNode,
  by: unknown,
  style: Style,
): Splice {
  const { start, end } = alias ?? value;
  const isPretty = style.isJson && value.kind !== 'scalar' && spansLines(text, start, end);
  const rendered = isPretty ? renderPretty(by, indentOf(text, start), style) : renderFlow(by, style.isJson);
  return start === end
    ? { start: indicatorEnd, end: indicatorEnd, text: ` ${rendered}` }
    : { start, end, text: rendered };
}

/** Adds a child behind the last one, on a line of its own where that has one. */
export function addToFlow(
  text: string,
  into: CollectionNode,
  name: string | number,
  value: unknown,
  style: Style,
): Splice {
  const last = into.children.at(-1);
  const key = typeof name === 'string' ? `${renderFlow(name, style.isJson)}: ` : '';
  const render = (isPretty: boolean, indent: string): string =>
    key + (isPretty ? renderPretty(value, indent, style) : renderFlow(value, style.isJson));
  if (last === undefined) return addToEmpty(text, into, render, style);
  const at = endOf(last);
  const indent = prefixOf(text, last.start);
  const hasOwnLine = isBlank(indent) && lineStartOf(text, last.start) > into.start;
  if (!hasOwnLine) return { start: at, end: at, text: `, ${render(false, '')}` };
  const isPretty =
    style.isJson && (last.value.kind === 'scalar' || spansLines(text, last.value.start, last.value.end));
  return { start: at, end: at, text: `,${style.lineBreak}${indent}${render(isPretty, indent)}` };
}

function addToEmpty(
  text: string,
  into: CollectionNode,
  render: (isPretty: boolean, indent: string) => string,
  style: Style,
): Splice {
  const start = into.start + 1;
  // JSON that is spread over lines has each value on a line of its own.
  if (!style.isJson || !text.includes('\n')) return { start, end: start, text: render(false, '') };
  const outer = indentOf(text, into.start);
  const inner = `${outer}${style.step}`;
  const { lineBreak } = style;
  return { start, end: into.end - 1, text: `${lineBreak}${inner}${render(true, inner)}${lineBreak}${outer}` };
}

/** Takes a child out, with one comma. Comments between it and its neighbours stay. */
export function removeFromFlow(text: string, from: CollectionNode, child: ChildNode): readonly Splice[] {
  const { start } = child;
  const end = endOf(child);
  const behind = afterSpaceAndComments(text, end);
  if (text[behind] === ',') {
    const isTogether = behind === end;
    const comma: Splice = { start: behind, end: behind + 1, text: '' };
    if (!isTogether) return [{ start, end, text: '' }, comma];
    const hasOwnLine =
      isBlank(prefixOf(text, start)) && isBlank(text.slice(behind + 1, lineEndOf(text, behind)));
    if (hasOwnLine) return [withoutLines(text, start, behind)];
    const spaces = /[ \t]*/uy;
    spaces.lastIndex = behind + 1;
    return [{ start, end: behind + 1 + (spaces.exec(text)?.[0].length ?? 0), text: '' }];
  }
  const previous = from.children[from.children.indexOf(child) - 1];
  if (previous === undefined) {
    const [before, after] = [text.slice(from.start + 1, start), text.slice(end, from.end - 1)];
    const isAlone = isBlank(before) && isBlank(after);
    return [isAlone ? { start: from.start + 1, end: from.end - 1, text: '' } : { start, end, text: '' }];
  }
  const comma = afterSpaceAndComments(text, endOf(previous));
  if (isBlank(text.slice(comma + 1, start))) return [{ start: comma, end, text: '' }];
  return [
    { start: comma, end: comma + 1, text: '' },
    { start, end, text: '' },
  ];
}

function afterSpaceAndComments(text: string, offset: number): number {
  const skipped = /(?:\s|(?<=\s)#[^\n]*)*/uy;
  skipped.lastIndex = offset;
  return offset + (skipped.exec(text)?.[0].length ?? 0);
}

function spansLines(text: string, start: number, end: number): boolean {
  return text.slice(start, end).includes('\n');
}

/** The white space at the beginning of a line. */
function indentOf(text: string, offset: number): string {
  return /^[ \t]*/u.exec(prefixOf(text, offset))?.[0] ?? '';
}
