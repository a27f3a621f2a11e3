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
    writer.add('a');
    await clock.advance(30);
    writer.add('b');
    await clock.advance(19);
    expect(sink.writes).toEqual([]);
    await clock.advance(1);
    expect(sink.writes).toEqual(['a\nb\n']);
    expect(clock.pending).toBe(0);
  });

  it('are written at once where there are many', async () => {
    const { sink, writer, clock } = setUp(1_000_000);
    for (let count = 0; count < 70; count++) writer.add('x'.repeat(1_000));
    await clock.advance(0);
    expect(sink.writes.join('')).toBe(`${'x'.repeat(1_000)}\n`.repeat(70));
  });

  it('come in order, one write at a time, though the sink takes them in parts', async () => {
    const { sink, writer } = setUp();
    sink.outcomes.push(3, 1);
    writer.add('abcd');
    const flushed = writer.flush();
    writer.add('efgh');
    await flushed;
    expect(sink.writes.join('')).toBe('abcd\nefgh\n');
  });

  it('wait for a sink that has no room now', async () => {
    const { sink, clock, writer } = setUp();
    sink.outcomes.push(0);
    writer.add('a');
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
    writer.add('x'.repeat(39));
    await clock.advance(50);
    for (let count = 0; count < 5; count++) writer.add('y'.repeat(19));
    await clock.advance(10_000);
    expect(writer.droppedTotal).toBe(2);
    expect(reasons).toEqual(['the reader is too slow', 'the reader is too slow']);
  });

  it('counts bytes, and not characters', () => {
    const { writer } = setUp(100);
    writer.add('€'.repeat(33));
    expect(writer.droppedTotal).toBe(0);
    writer.add('');
    expect(writer.droppedTotal).toBe(1);
  });

  it('has room again once it has taken what waited', async () => {
    const { clock, writer, sink } = setUp(100);
    for (let round = 0; round < 10; round++) {
      writer.add('x'.repeat(99));
      await clock.advance(50);
    }
    expect([writer.droppedTotal, sink.writes.length]).toEqual([0, 10]);
  });

  it('does not hold up the end for ever', async () => {
    const { sink, clock, writer } = setUp();
    sink.outcomes.push('stuck');
    writer.add('a');
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
    writer.add('a');
    writer.add('b');
    await writer.flush();
    writer.add('c');
    await writer.flush();
    expect([writer.droppedTotal, reasons, sink.writes]).toEqual([2, ['no space left'], ['c\n']]);
  });

  it('does not glue a line to half of another one', async () => {
    const { sink, writer } = setUp();
    sink.outcomes.push(3, new Error('no space left'), new Error('still none'));
    writer.add('a');
    writer.add('bcd');
    await writer.flush();
    writer.add('e');
    await writer.flush();
    writer.add('f');
    await writer.flush();
    expect(sink.writes.join('')).toBe('a\nb\nf\n');
    expect(writer.droppedTotal).toBe(2);
  });
});

it('the end writes what waits, and closes', async () => {
  const { sink, writer, clock } = setUp();
  writer.add('a');
  await writer.close();
  expect([sink.writes, sink.isClosed, clock.pending]).toEqual([['a\n'], true, 0]);
});

it('a reopened sink has what was written before', async () => {
  const { sink, writer } = setUp();
  writer.add('a');
  await writer.reopen();
  expect([sink.writes, sink.reopened]).toEqual([['a\n'], 1]);
});
