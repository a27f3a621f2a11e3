import { describe, expect, it } from 'vitest';
import type { LineSink } from '../../../src/records/line-sink.ts';
import { LineWriter } from '../../../src/records/line-writer.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';

/** Takes what the test lets it take. */
class FakeSink implements LineSink {
  readonly writes: string[] = [];
  /** What becomes of each write: so many bytes, an error, or for ever nothing. Without any, all is taken. */
  readonly outcomes: (number | Error | 'stuck')[] = [];
  isClosed = false;
  reopened = 0;

  write(bytes: Uint8Array): Promise<number> {
    const outcome = this.outcomes.shift() ?? bytes.length;
    if (outcome === 'stuck') return new Promise(() => undefined);
    if (outcome instanceof Error) return Promise.reject(outcome);
    this.writes.push(Buffer.from(bytes.subarray(0, outcome)).toString());
    return Promise.resolve(outcome);
  }

  reopen(): Promise<void> {
    this.reopened += 1;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

/** Adds a line as a format does. */
function add(writer: LineWriter, line: string): void {
  writer.begin(3 * line.length + 1).text(`${line}\n`);
  writer.added();
}

function setUp(maxBufferedBytes = 100): {
  sink: FakeSink;
  clock: VirtualClock;
  writer: LineWriter;
  reasons: string[];
} {
  const sink = new FakeSink();
  const clock = new VirtualClock();
  const reasons: string[] = [];
  const options = { maxBufferedBytes, flushIntervalMs: 50 };
  const writer = new LineWriter(sink, options, clock, (reason) => reasons.push(reason));
  return { sink, clock, writer, reasons };
}

describe('lines', () => {
  it('are written together, after the interval', async () => {
    const { sink, clock, writer } = setUp();
    add(writer, 'a');
    await clock.advance(30);
    add(writer, 'b');
    await clock.advance(19);
    expect(sink.writes).toEqual([]);
    await clock.advance(1);
    expect(sink.writes).toEqual(['a\nb\n']);
    expect(clock.pending).toBe(0);
  });

  it('are written at once where there are many, and the rest after the interval', async () => {
    const { sink, writer, clock } = setUp(1_000_000);
    const lines = Array.from({ length: 300 }, (_, index) => String(index).padEnd(1_000, 'x'));
    for (const line of lines) add(writer, line);
    await clock.advance(0);
    const atOnce = sink.writes.join('').split('\n').slice(0, -1);
    expect([sink.writes.length, atOnce.length > 200]).toEqual([1, true]);
    await clock.advance(50);
    expect(sink.writes.length).toBe(2);
    expect(sink.writes.join('').split('\n')).toEqual([...lines, '']);
  });

  it('of any length are written whole', async () => {
    const { sink, writer } = setUp(1_000_000);
    const lines = [10, 200_000, 10, 60_000, 70_000].map((length) => 'x'.repeat(length));
    for (const line of lines) add(writer, line);
    await writer.flush();
    expect(
      sink.writes
        .join('')
        .split('\n')
        .map(({ length }) => length),
    ).toEqual([10, 200_000, 10, 60_000, 70_000, 0]);
  });

  it('of a stream keep their memory, which another one may still read', async () => {
    const kept: Uint8Array[] = [];
    const sink = Object.assign(new FakeSink(), { keepsBytes: true });
    sink.write = (bytes): Promise<number> => Promise.resolve((kept.push(bytes), bytes.length));
    const writer = new LineWriter(
      sink,
      { maxBufferedBytes: 100, flushIntervalMs: 50 },
      new VirtualClock(),
      () => undefined,
    );
    for (const line of ['a', 'b', 'c']) {
      add(writer, line);
      await writer.flush();
    }
    expect(kept.map((bytes) => Buffer.from(bytes).toString())).toEqual(['a\n', 'b\n', 'c\n']);
  });

  it('come in order, one write at a time, though the sink takes them in parts', async () => {
    const { sink, writer } = setUp();
    sink.outcomes.push(3, 1);
    add(writer, 'abcd');
    const flushed = writer.flush();
    add(writer, 'efgh');
    await flushed;
    expect(sink.writes.join('')).toBe('abcd\nefgh\n');
  });

  it('wait for a sink that has no room now', async () => {
    const { sink, clock, writer } = setUp();
    sink.outcomes.push(0);
    add(writer, 'a');
    await clock.advance(50);
    expect(sink.writes.join('')).toBe('');
    await clock.advance(50);
    expect(sink.writes.join('')).toBe('a\n');
  });
});

describe('a slow sink', () => {
  it('has lines dropped beyond the limit, and counted', async () => {
    const { sink, clock, writer, reasons } = setUp(100);
    sink.outcomes.push('stuck');
    add(writer, 'x'.repeat(39));
    await clock.advance(50);
    for (let count = 0; count < 5; count++) add(writer, 'y'.repeat(19));
    await clock.advance(10_000);
    expect(writer.droppedTotal).toBe(2);
    expect(reasons).toEqual(['the reader is too slow', 'the reader is too slow']);
  });

  it('counts bytes, and not characters', () => {
    const { writer } = setUp(100);
    add(writer, '€'.repeat(33));
    expect(writer.droppedTotal).toBe(0);
    add(writer, '');
    expect(writer.droppedTotal).toBe(1);
  });

  it('has room again once it has taken what waited', async () => {
    const { clock, writer, sink } = setUp(100);
    for (let round = 0; round < 10; round++) {
      add(writer, 'x'.repeat(99));
      await clock.advance(50);
    }
    expect([writer.droppedTotal, sink.writes.length]).toEqual([0, 10]);
  });

  it('does not hold up the end for ever', async () => {
    const { sink, clock, writer } = setUp();
    sink.outcomes.push('stuck');
    add(writer, 'a');
    let isClosed = false;
    const closing = writer.close().then(() => (isClosed = true));
    await clock.advance(1_999);
    expect(isClosed).toBe(false);
    await clock.advance(1);
    await closing;
    expect(clock.pending).toBe(0);
  });
});

describe('a sink that fails', () => {
  it('loses what it did not take, and is tried again', async () => {
    const { sink, writer, reasons } = setUp();
    sink.outcomes.push(new Error('no space left'));
    add(writer, 'a');
    add(writer, 'b');
    await writer.flush();
    add(writer, 'c');
    await writer.flush();
    expect([writer.droppedTotal, reasons, sink.writes]).toEqual([2, ['no space left'], ['c\n']]);
  });

  it('does not glue a line to half of another one', async () => {
    const { sink, writer } = setUp();
    sink.outcomes.push(3, new Error('no space left'), new Error('still none'));
    add(writer, 'a');
    add(writer, 'bcd');
    await writer.flush();
    add(writer, 'e');
    await writer.flush();
    add(writer, 'f');
    await writer.flush();
    expect(sink.writes.join('')).toBe('a\nb\nf\n');
    expect(writer.droppedTotal).toBe(2);
  });
});

it('the end writes what waits, and closes', async () => {
  const { sink, writer, clock } = setUp();
  add(writer, 'a');
  await writer.close();
  expect([sink.writes, sink.isClosed, clock.pending]).toEqual([['a\n'], true, 0]);
});

it('a reopened sink has what was written before', async () => {
  const { sink, writer } = setUp();
  add(writer, 'a');
  await writer.reopen();
  expect([sink.writes, sink.reopened]).toEqual([['a\n'], 1]);
});
