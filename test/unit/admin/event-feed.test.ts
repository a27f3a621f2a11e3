import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { beforeEach, describe, expect, it } from 'vitest';
import { EventFeed } from '../../../src/admin/events/event-feed.ts';
import type { ControlSubject } from '../../../src/control/route.ts';
import type { LogEntry } from '../../../src/records/log-entry.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';

/** A response that takes so many messages, and no more before it is drained. */
class FakeResponse extends EventEmitter {
  written: string[] = [];
  room = Infinity;
  destroyed = false;

  get writableNeedDrain(): boolean {
    return this.room <= 0;
  }

  writeHead(): void {}
  cork(): void {}
  uncork(): void {}

  write(bytes: Buffer): void {
    this.written.push(bytes.toString());
    this.room -= 1;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }

  /** What was written since: kinds of messages. */
  take(): readonly string[] {
    const taken = this.written.splice(0);
    return taken.map((text) => /^(?:id: .*\n)?event: (\w+)/u.exec(text)?.[1] ?? text.trim());
  }

  drain(room: number): void {
    this.room = room;
    this.emit('drain');
  }
}

let clock: VirtualClock;
let overviews: number;
let tell: (entry: LogEntry) => void;
let feed: EventFeed;

beforeEach(() => {
  clock = new VirtualClock();
  overviews = 0;
  const overview = (): object => ({ count: ++overviews });
  const follow = (_filter: unknown, take: (entry: LogEntry) => void): Disposable => {
    tell = take;
    return { [Symbol.dispose]: () => undefined };
  };
  const subject = { clock, balancer: { overview }, log: { follow } } as unknown as ControlSubject;
  feed = new EventFeed(subject, () => undefined);
});

function open(lastEventId?: string): FakeResponse {
  const response = new FakeResponse();
  feed.open(response as unknown as ServerResponse, lastEventId);
  return response;
}

function happen(count = 1): void {
  for (let index = 0; index < count; index++)
    tell({ kind: 'order', order: 'halt', by: 'alice', message: 'halt', atMs: index });
}

describe('events', () => {
  it('cost one overview for all readers, and none without', async () => {
    await clock.advance(10_000);
    happen(100);
    await clock.advance(10_000);
    expect(overviews).toBe(0);
    const readers = Array.from({ length: 50 }, () => open());
    await clock.advance(2500);
    expect(overviews).toBe(3);
    for (const reader of readers) expect(reader.take().filter((kind) => kind === 'overview')).toHaveLength(3);
    for (const reader of readers) reader.destroy();
    await clock.advance(10_000);
    expect(overviews).toBeLessThanOrEqual(4);
    expect(feed.readers).toBe(0);
  });

  it('of many changes are no more than ten overviews a second', async () => {
    const reader = open();
    await clock.advance(0);
    for (let ms = 0; ms < 1000; ms++) {
      happen();
      await clock.advance(1);
    }
    const told = reader.take();
    expect(told.filter((kind) => kind === 'entry').length).toBeGreaterThan(890);
    expect(overviews).toBeGreaterThan(8);
    expect(overviews).toBeLessThan(13);
  });

  it('show a change within 100 ms', async () => {
    const reader = open();
    await clock.advance(0);
    reader.take();
    happen();
    await clock.advance(100);
    expect(reader.take()).toEqual(['entry', 'overview']);
  });

  it('give a slow reader the newest overview, and tell what it missed', async () => {
    const reader = open();
    await clock.advance(0);
    reader.room = 0;
    reader.take();
    happen(1500);
    await clock.advance(5000);
    expect(reader.take()).toEqual([]);
    reader.drain(2);
    expect(reader.written[0]).toBe('event: gap\ndata: {"missed":500}\n\n');
    expect(reader.take()).toEqual(['gap', 'entry']);
    const newest = overviews;
    reader.drain(Infinity);
    const [last] = reader.written.slice(-1);
    expect(reader.take().filter((kind) => kind === 'entry')).toHaveLength(999);
    expect(last).toContain(`"count":${newest}`);
  });

  it('cut a reader that takes nothing for a minute', async () => {
    const reader = open();
    await clock.advance(0);
    reader.room = 0;
    await clock.advance(60_000);
    expect(reader.destroyed).toBe(false);
    await clock.advance(3000);
    expect(reader.destroyed).toBe(true);
    expect(feed.readers).toBe(0);
  });

  it('say every 15 s that the connection lives', async () => {
    const reader = open();
    await clock.advance(31_000);
    expect(reader.take().filter((kind) => kind === ': ping').length).toBeGreaterThanOrEqual(2);
  });

  it('are for so many readers, and not for more', () => {
    for (let count = 0; count < 256; count++) open();
    expect(() => open()).toThrow('256');
  });
});
