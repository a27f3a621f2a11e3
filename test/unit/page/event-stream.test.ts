import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventStreamReader, type StreamEvent } from '../../../page/live/event-stream.ts';

const text = ': ping\n\nevent: overview\ndata: {"a":1}\n\nid: 7\nevent: entry\ndata: one\ndata:two\n\n';
const events = [
  { event: 'overview', data: '{"a":1}', id: undefined },
  { event: 'entry', data: 'one\ntwo', id: '7' },
];

function read(...pieces: readonly string[]): readonly StreamEvent[] {
  const taken: StreamEvent[] = [];
  const reader = new EventStreamReader((event) => taken.push(event));
  for (const piece of pieces) reader.push(piece);
  return taken;
}

describe('a stream of events', () => {
  it('is read the same wherever it is cut, with any kind of line end', () => {
    assert(
      property(integer({ min: 0, max: text.length }), integer({ min: 0, max: 1 }), (cut, windows) => {
        const sent = windows === 1 ? text.replaceAll('\n', '\r\n') : text;
        expect(read(sent.slice(0, cut), sent.slice(cut))).toEqual(events);
      }),
    );
  });
});
