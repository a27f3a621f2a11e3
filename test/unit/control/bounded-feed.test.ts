import { expect, it } from 'vitest';
import { BoundedFeed, type Missed } from '../../../src/control/bounded-feed.ts';

async function take(feed: BoundedFeed<number>, count: number): Promise<readonly (number | Missed)[]> {
  const taken: (number | Missed)[] = [];
  for await (const entry of feed) if (taken.push(entry) === count) break;
  return taken;
}

it('gives entries in order, those that come while the reader waits as well', async () => {
  const feed = new BoundedFeed<number>(new AbortController().signal);
  feed.offer(1);
  const taken = take(feed, 3);
  await Promise.resolve();
  feed.offer(2);
  feed.offer(3);
  expect(await taken).toEqual([1, 2, 3]);
});

it('drops what a slow reader has no room for, and says how much', async () => {
  const feed = new BoundedFeed<number>(new AbortController().signal);
  for (let entry = 1; entry <= 10_005; entry++) feed.offer(entry);
  const taken = await take(feed, 10_001);
  expect(taken.slice(-2)).toEqual([10_000, { dropped: 5 }]);
});

it('ends with its signal', async () => {
  const reading = new AbortController();
  const feed = new BoundedFeed<number>(reading.signal);
  const taken = take(feed, 1);
  reading.abort();
  expect(await taken).toEqual([]);
});
