import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withChange, type ValuePath } from '../../../src/base/edit.ts';
import type { ConfigEdit } from '../../../src/file/config-edit.ts';
import type { ConfigDocument } from '../../../src/file/config-file.ts';
import { editText } from '../../../src/file/edit-text.ts';
import { fileLimits } from '../../../src/file/file-limits.ts';
import { rawValue, type FileNode, type TextFormat } from '../../../src/file/file-node.ts';
import { parseText } from '../../../src/file/parse-text.ts';
import { SourceText } from '../../../src/file/source-text.ts';
import { writeConfig } from '../../../src/file/write-config.ts';
import { configs } from './configurations.ts';

function documentOf(text: string, format: TextFormat): ConfigDocument {
  const { root, problems } = parseText(text, format, fileLimits);
  expect(problems).toEqual([]);
  return { format, source: new SourceText('x', text), root: root! };
}

/** The text with a comment of its own on some lines, and above some. */
function commented(text: string, seed: number): string {
  let number = 0;
  return text
    .split('\n')
    .map((line, index) => {
      if (line === '') return line;
      const choice = (seed >>> (index % 24)) & 3;
      const above = (choice & 1) === 1 ? `${/^ */u.exec(line)![0]}# above ${number++}\n` : '';
      return `${above}${line}${choice >= 2 ? ` # beside ${number++}` : ''}`;
    })
    .join('\n');
}

const commentsOf = (text: string): readonly string[] => text.match(/# (?:above|beside) \d+/gu) ?? [];

interface Place {
  readonly path: ValuePath;
  /** Where its name stands, or its hyphen. */
  readonly start: number;
  readonly node: FileNode;
}

/** Every value below the whole. */
function placesIn(node: FileNode, path: ValuePath = []): readonly Place[] {
  if (node.kind === 'scalar') return [];
  return node.children.flatMap(({ name, start, value }) => {
    const at = [...path, name];
    return [{ path: at, start, node: value }, ...placesIn(value, at)];
  });
}

const values = fc.oneof(
  fc.constantFrom<unknown>(0, 7, true, 'a', 'a: b', '${A}', '', '10.0.0.1', null, [], {}),
  fc.constantFrom<unknown>({ a: 1 }, [1, 2], { a: { b: [{ c: 1 }] } }, [{ name: 'x', host: 'y' }]),
);
const formats = fc.constantFrom('yaml' as const, 'json' as const);
const indents = fc.constantFrom(0, 1, 2, 4, '\t');
const subjects = fc
  .tuple(configs, formats, indents, fc.nat())
  .map(([config, format, indent, seed]) =>
    format === 'yaml'
      ? documentOf(commented(writeConfig(config, { format }), seed), format)
      : documentOf(JSON.stringify(config, null, indent), format),
  );

/** Edits of one place, at random. */
const edits = fc.record({ at: fc.nat(), kind: fc.constantFrom('set', 'add', 'remove'), value: values });

describe('an edit', () => {
  it('changes one value, and keeps every other one and the comments that are not about it', () => {
    fc.assert(
      fc.property(subjects, edits, (document, { at, kind, value }) => {
        const { root, source } = document;
        const places = placesIn(root);
        const { path, start, node } = places[at % places.length]!;
        const name = node.kind === 'list' ? node.children.length : 'added';
        const isAddition = kind === 'add' && node.kind !== 'scalar';
        const edit: ConfigEdit =
          kind === 'remove' ? { path, remove: true } : { path: isAddition ? [...path, name] : path, value };
        const expected = withChange(rawValue(root), edit.path as ValuePath, edit);

        const text = editText(document, [edit], fileLimits);
        expect(rawValue(documentOf(text, document.format).root)).toEqual(expected);
        const [before, after] = [commentsOf(source.text), commentsOf(text)];
        if (isAddition || (kind !== 'remove' && node.kind === 'scalar')) expect(after).toEqual(before);
        // What is about the value stands on its lines, or above it.
        const [first, last] = [source.positionAt(start).line, source.positionAt(node.end).line];
        const lines = source.text.split('\n');
        const about = [...lines.slice(first - 1, last), ...commentLinesAbove(lines, first - 1)].join('\n');
        const lost = before.filter((comment) => !after.includes(comment));
        expect(lost.filter((comment) => !commentsOf(about).includes(comment))).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  it('of one scalar changes nothing else of the text', () => {
    fc.assert(
      fc.property(subjects, fc.nat(), (document, at) => {
        const scalars = placesIn(document.root).filter(({ node }) => node.kind === 'scalar');
        const { path, node } = scalars[at % scalars.length]!;
        const { text } = document.source;
        const [before, after] = [text.slice(0, node.start), text.slice(node.end)];
        expect(editText(document, [{ path, value: 4711 }], fileLimits)).toBe(`${before}4711${after}`);
      }),
      { numRuns: 500 },
    );
  });
});

function commentLinesAbove(lines: readonly string[], index: number): readonly string[] {
  const above = lines.slice(0, index).reverse();
  const end = above.findIndex((line) => !/^ *#/u.test(line));
  return above.slice(0, end < 0 ? undefined : end);
}
