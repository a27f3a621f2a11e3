import { describe, expect, it } from 'vitest';
import type { ChildNode, CollectionNode, FileNode } from '../../../src/file/file-node.ts';
import { offsetOf, offsetOfProblem } from '../../../src/file/option-place.ts';
import { endWithoutBreaks } from '../../../src/file/source-text.ts';
import { expandVariables } from '../../../src/file/variables.ts';
import { failureOf, oneService, problemsOf, read } from './file-scene.ts';

/** A list or map of empty maps, which counts how often a name is looked at. */
function counted(kind: 'list' | 'map', count: number): { node: CollectionNode; looks: () => number } {
  let looks = 0;
  const children = Array.from({ length: count }, (_, index): ChildNode => {
    const value: FileNode = { kind: 'map', layout: 'flow', children: [], start: index, end: index };
    const child = { start: index, indicatorEnd: index, value, alias: undefined };
    return Object.defineProperty({ ...child, name: '' }, 'name', {
      get: () => {
        looks += 1;
        return kind === 'list' ? index : `name${index}`;
      },
    });
  });
  return { node: { kind, layout: 'flow', children, start: 0, end: count }, looks: () => looks };
}

const count = 2_000;

describe('the work for a text grows with its length, and no faster', () => {
  it.each(['list', 'map'] as const)('places of problems in a %s', (kind) => {
    const { node, looks } = counted(kind, count);
    for (let index = 0; index < count; index++) {
      const path = kind === 'list' ? `[${index}].port` : `name${index}.port`;
      expect(offsetOf(node, path)).toBe(index);
    }
    expect(looks()).toBeLessThan(10 * count);
  });

  it('places of unknown options', () => {
    const { node, looks } = counted('map', count);
    for (let index = 0; index < count; index++) {
      const problem = { path: '', expected: 'a known option such as x', actual: `'name${index}'` };
      expect(offsetOfProblem(node, problem)).toBe(index);
    }
    expect(looks()).toBeLessThan(10 * count);
  });

  it('ends of scalars', () => {
    let looks = 0;
    const text = `x${'\n'.repeat(count)}y\r\n\n`;
    const watched = new Proxy({}, { get: (_, index) => ((looks += 1), text[Number(index)]) });
    expect(endWithoutBreaks(watched as string, 0, text.length)).toBe(text.length - 3);
    expect(looks).toBeLessThan(10);
  });

  // Where it grew with the square of the length, each of these would take minutes.
  it.each([
    ['empty lines in a text', oneService(`name: |\n      x${'\n'.repeat(300_000)}      y`)],
    ['variables without an end', oneService(`name: "${'${A:-'.repeat(50_000)}"`)],
    ['the same name on one line', `{${'a: 1, '.repeat(50_000)}b: 1}`],
    ['wrong elements', `services:\n- name: A\n  servers:\n${'  - 1\n'.repeat(100_000)}`],
    ['unknown options', Array.from({ length: 50_000 }, (_, index) => `o${index}: 1\n`).join('')],
    ['mistakes of form', ']'.repeat(100_000)],
  ])('%s', async (_, text) => {
    expect((await problemsOf(text)).length).toBeGreaterThan(0);
  });
});

describe('a text of mistakes', () => {
  it('has as many problems told as people may read, the first ones, and the number of the others', async () => {
    const text = oneService(...Array.from({ length: 7 }, (_, index) => `option${index}: 1`));
    expect(await problemsOf(text, { limits: { maxProblems: 7 } })).toHaveLength(7);
    const [all, ...told] = await problemsOf(text, { limits: { maxProblems: 2 } });
    expect(all).toBe('pacs.yaml: expected no more problems than the 2 that are told, got 5 more');
    expect(told.map((line) => line.slice(0, line.indexOf(': ')))).toEqual(['pacs.yaml:6:5', 'pacs.yaml:7:5']);
  });

  it('may have more of them in one value than a call has arguments', async () => {
    const { problems } = await failureOf(read(oneService(`name: "${'${'.repeat(200_000)}"`)));
    expect(problems).toHaveLength(1_001);
  });

  it('leaves other errors their stacks', async () => {
    await problemsOf(']');
    expect(new Error('here').stack).toContain('adversarial-texts');
  });
});

it('there may be a thousand services, and no more', async () => {
  const services = (many: number): string =>
    `services:\n${Array.from({ length: many }, (_, index) => `- {name: S${index}, mode: tcp, port: ${index + 1}, servers: []}\n`).join('')}`;
  expect((await read(services(1_000))).config.services).toHaveLength(1_000);
  expect(await problemsOf(services(1_001))).toEqual([
    'pacs.yaml:2:1: services: expected at most 1000 services, got an array of 1001',
  ]);
});

it.each([
  ['${A:-x}', 'x'],
  ['${A:-${B}', '${B'],
  ['${A:-}${B:-y}', 'y'],
  ['$${A:-x}', '${A:-x}'],
  ['${A:-$}{', '${'.slice(0, 1) + '{'],
  ['a}$${b', 'a}${b'],
])('%s is %s', (text, expanded) => {
  expect(expandVariables(text, {})).toMatchObject({ text: expanded, problems: [] });
});

it('a variable without an end is told, wherever brackets are', () => {
  for (const text of ['${A:-x', 'a}${A:-x', '${B:-y}${A:-x', '${'])
    expect(expandVariables(text, {}).problems, text).toHaveLength(1);
});
