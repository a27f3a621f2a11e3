import { describe, expect, it } from 'vitest';
import { serviceEventNames } from '../../../src/facts/service-events.ts';
import { codeOf, Page } from './markdown.ts';
import { SourceTypes } from './source-types.ts';

const page = new Page('docs/events.md');
const types = new SourceTypes();
const typedNames = types.allMembers('ServiceEvents').map(({ name }) => name);

/** The type of an event's fact. */
function factType(event: string): string {
  const owner = event === 'handlerFailed' ? 'FactEvents' : 'ServiceEvents';
  return types.typeOfMember(owner, event);
}

/** Of all facts but one, said once above the table. */
const commonFields = ['service', 'atMs'];

function fieldsOf(event: string): readonly string[] {
  const fields = types.allMembers(factType(event)).map(({ name }) => name);
  if (event === 'handlerFailed') return fields;
  // A worker serves all services.
  const common = event.startsWith('worker') ? ['atMs'] : commonFields;
  expect(fields).toEqual(expect.arrayContaining(common));
  return fields.filter((name) => !commonFields.includes(name));
}

describe('docs/events.md', () => {
  const rows = page.rowsOf('All events');

  it('lists every event, once', () => {
    const listed = rows.map(([name = '']) => codeOf(name)[0]);
    expect(listed).toEqual([...serviceEventNames]);
    expect([...typedNames].sort()).toEqual([...serviceEventNames].sort());
  });

  it.each(rows.map(([name = '', fields = '']) => [codeOf(name)[0] ?? '', codeOf(fields)] as const))(
    '%s: lists every field',
    (event, fields) => {
      expect([...fields].sort()).toEqual([...fieldsOf(event)].sort());
    },
  );

  it.each([
    ['How a session ended', 'CloseReason'],
    ['Why a client was turned away', 'RefusalReason'],
    ['Why a server was chosen', 'DecisionReason'],
  ])('%s: lists every word', (heading, type) => {
    const words = page.rowsOf(heading).flatMap(([word = '']) => codeOf(word));
    expect([...words].sort()).toEqual([...types.wordsOf(type)].sort());
  });
});
