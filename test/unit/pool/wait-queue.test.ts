import { describe, expect, it } from 'vitest';
import { WaitQueue, type Waiter } from '../../../src/pool/wait-queue.ts';

/** Waiters that note their turns, and take the place where `wants` says so. */
class Turns {
  readonly taken: string[] = [];
  wants: (name: string) => boolean = () => true;

  waiter(name: string, during: () => void = () => undefined): Waiter {
    return {
      onTurn: () => {
        this.taken.push(name);
        during();
        return this.wants(name);
      },
    };
  }
}

function queueOf(turns: Turns, ...names: string[]): WaitQueue {
  const queue = new WaitQueue(10);
  for (const name of names) queue.add(turns.waiter(name));
  return queue;
}

describe('a queue', () => {
  it('offers one place to the first who wants it', () => {
    const turns = new Turns();
    turns.wants = (name) => name !== 'a';
    const queue = queueOf(turns, 'a', 'b', 'c');
    expect(queue.offerOne()).toBe(true);
    expect([turns.taken, queue.size]).toEqual([['a', 'b'], 2]);
    expect(queue.offerOne()).toBe(true);
    expect(turns.taken).toEqual(['a', 'b', 'a', 'c']);
    expect(queue.offerOne()).toBe(false);
    expect(queue.size).toBe(1);
  });

  it('offers many places to all, in order, and keeps who did not take one', () => {
    const turns = new Turns();
    turns.wants = (name) => name !== 'b';
    const queue = queueOf(turns, 'a', 'b', 'c');
    queue.offerAll();
    expect([turns.taken, queue.size]).toEqual([['a', 'b', 'c'], 1]);
    queue.offerAll();
    expect(turns.taken).toEqual(['a', 'b', 'c', 'b']);
  });

  it('takes no more than it may', () => {
    const turns = new Turns();
    const queue = new WaitQueue(2);
    expect(['a', 'b', 'c'].map((name) => queue.add(turns.waiter(name)))).toEqual([true, true, false]);
    queue.offerOne();
    expect(queue.add(turns.waiter('d'))).toBe(true);
    expect(new WaitQueue(0).add(turns.waiter('a'))).toBe(false);
  });

  it('forgets who leaves', () => {
    const turns = new Turns();
    const queue = new WaitQueue(10);
    const leaving = turns.waiter('a');
    queue.add(leaving);
    queue.add(turns.waiter('b'));
    queue.remove(leaving);
    queue.remove(leaving);
    queue.offerAll();
    expect([turns.taken, queue.size]).toEqual([['b'], 0]);
  });
});

describe('what happens within a turn', () => {
  it('gives nobody a second turn, and lets the others have theirs', () => {
    const turns = new Turns();
    const queue = new WaitQueue(10);
    const offerMore = (): void => {
      queue.offerAll();
    };
    queue.add(turns.waiter('a', offerMore));
    queue.add(turns.waiter('b', offerMore));
    queue.offerOne();
    expect(turns.taken).toEqual(['a', 'b']);
    expect(queue.size).toBe(0);
  });

  it('may remove others', () => {
    const turns = new Turns();
    const queue = new WaitQueue(10);
    const second = turns.waiter('b');
    queue.add(turns.waiter('a', () => queue.remove(second)));
    queue.add(second);
    queue.add(turns.waiter('c'));
    queue.offerAll();
    expect(turns.taken).toEqual(['a', 'c']);
  });

  it('may make another one wait, whose turn comes after those who were there', () => {
    const turns = new Turns();
    const queue = new WaitQueue(10);
    queue.add(turns.waiter('a', () => queue.add(turns.waiter('again'))));
    queue.add(turns.waiter('b'));
    queue.offerOne();
    expect(queue.size).toBe(2);
    queue.offerAll();
    expect(turns.taken).toEqual(['a', 'b', 'again']);
  });

  it('may make the same one wait anew, behind the others', () => {
    const turns = new Turns();
    const queue = new WaitQueue(10);
    let isFirstTurn = true;
    const waiter = turns.waiter('a', () => {
      queue.remove(waiter);
      if (isFirstTurn) queue.add(waiter);
      isFirstTurn = false;
    });
    queue.add(waiter);
    queue.add(turns.waiter('b'));
    expect([queue.offerOne(), queue.size]).toEqual([true, 2]);
    queue.offerAll();
    expect([turns.taken, queue.size]).toEqual([['a', 'b', 'a'], 0]);
  });
});
