import { runInNewContext } from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import { FactEmitter, type FactEvents, type HandlerFailedEvent } from '../../../src/facts/fact-emitter.ts';

interface Facts extends FactEvents {
  readonly opened: { readonly id: number };
  readonly closed: { readonly id: number };
}

function failuresOf(facts: FactEmitter<Facts>): HandlerFailedEvent[] {
  const failures: HandlerFailedEvent[] = [];
  facts.on('handlerFailed', (failure) => failures.push(failure));
  return failures;
}

const problem = new Error('a fault of the user');
const failing = (): never => {
  throw problem;
};

describe('publish', () => {
  it('tells every handler of the event, in order, the very fact', () => {
    const facts = new FactEmitter<Facts>();
    const fact = { id: 7 };
    const heard: unknown[] = [];
    facts.on('opened', (given) => heard.push('first', given === fact));
    facts.on('opened', (given) => heard.push('second', given === fact));
    facts.on('closed', () => heard.push('other event'));
    facts.publish('opened', fact);
    expect(heard).toEqual(['first', true, 'second', true]);
  });

  it('is silent where nobody listens', () => {
    expect(() => new FactEmitter<Facts>().publish('opened', { id: 1 })).not.toThrow();
  });

  it('hands a handler nothing but the fact', () => {
    const facts = new FactEmitter<Facts>();
    const handler = vi.fn();
    facts.on('opened', handler).publish('opened', { id: 1 });
    expect(handler.mock.calls).toEqual([[{ id: 1 }]]);
  });
});

describe('a handler that throws', () => {
  it('hurts neither the publisher nor the others, and is reported', () => {
    const facts = new FactEmitter<Facts>();
    const failures = failuresOf(facts);
    const other = vi.fn();
    facts.on('opened', failing).on('opened', other);
    facts.publish('opened', { id: 1 });
    expect(other).toHaveBeenCalledOnce();
    expect(failures).toEqual([{ event: 'opened', error: problem }]);
  });

  it('is reported with the event that it failed in, also where it handles several', () => {
    const facts = new FactEmitter<Facts>();
    const failures = failuresOf(facts);
    facts.on('opened', failing).on('closed', failing);
    facts.publish('closed', { id: 1 });
    facts.publish('opened', { id: 1 });
    expect(failures.map(({ event }) => event)).toEqual(['closed', 'opened']);
  });

  it('is reported, too, where it is asynchronous', async () => {
    const facts = new FactEmitter<Facts>();
    const failures = failuresOf(facts);
    const asynchronous: () => unknown = async () => failing();
    facts.on('opened', asynchronous);
    facts.publish('opened', { id: 1 });
    await vi.waitFor(() => expect(failures).toEqual([{ event: 'opened', error: problem }]));
  });

  it('is reported, too, where its promises are not ours, as in a test that Jest runs', async () => {
    const facts = new FactEmitter<Facts>();
    const failures = failuresOf(facts);
    const foreign = runInNewContext('async (failing) => failing()') as (failing: () => void) => unknown;
    facts.on('opened', () => foreign(failing));
    facts.publish('opened', { id: 1 });
    await vi.waitFor(() => expect(failures).toEqual([{ event: 'opened', error: problem }]));
  });

  it('does no harm where nobody hears of it', () => {
    const facts = new FactEmitter<Facts>();
    facts.on('opened', failing);
    expect(() => facts.publish('opened', { id: 1 })).not.toThrow();
  });

  it('is not reported to itself, but to the others, where it handles failures', () => {
    const facts = new FactEmitter<Facts>();
    const failFirst = vi.fn(failing);
    facts.on('handlerFailed', failFirst);
    const failures = failuresOf(facts);
    facts.on('opened', failing);
    facts.publish('opened', { id: 1 });
    expect(failFirst).toHaveBeenCalledOnce();
    expect(failures).toHaveLength(1);
  });

  it('does not end other events where it handles failures and events alike', () => {
    const facts = new FactEmitter<Facts>();
    const handler = vi.fn(failing);
    facts.on('opened', handler).on('handlerFailed', handler);
    facts.publish('opened', { id: 1 });
    expect(handler.mock.calls).toEqual([[{ id: 1 }], [{ event: 'opened', error: problem }]]);
  });
});

describe('on, once and off', () => {
  it('calls a handler of one time once', () => {
    const facts = new FactEmitter<Facts>();
    const handler = vi.fn();
    facts.once('opened', handler);
    facts.publish('opened', { id: 1 });
    facts.publish('opened', { id: 2 });
    expect(handler.mock.calls).toEqual([[{ id: 1 }]]);
    expect(facts.listenerCount('opened')).toBe(0);
  });

  it('removes a handler of one time before it is called', () => {
    const facts = new FactEmitter<Facts>();
    const handler = vi.fn(() => facts.publish('opened', { id: 2 }));
    facts.once('opened', handler).publish('opened', { id: 1 });
    expect(handler).toHaveBeenCalledOnce();
  });

  it('takes a handler off one event and leaves its others', () => {
    const facts = new FactEmitter<Facts>();
    const handler = vi.fn();
    facts.on('opened', handler).on('closed', handler).off('opened', handler);
    facts.publish('opened', { id: 1 });
    facts.publish('closed', { id: 2 });
    expect(handler.mock.calls).toEqual([[{ id: 2 }]]);
    expect([facts.listenerCount('opened'), facts.listenerCount('closed')]).toEqual([0, 1]);
  });

  it('takes off a handler of one time, and one that was put on twice', () => {
    const facts = new FactEmitter<Facts>();
    const handler = vi.fn();
    facts.once('opened', handler).on('closed', handler).on('closed', handler);
    expect(facts.listenerCount('closed')).toBe(2);
    facts.off('opened', handler).off('closed', handler);
    facts.publish('opened', { id: 1 });
    facts.publish('closed', { id: 1 });
    expect(handler).not.toHaveBeenCalled();
  });

  it('ignores a handler that was never put on', () => {
    const facts = new FactEmitter<Facts>();
    const handler = vi.fn();
    facts.on('opened', handler).off('opened', vi.fn()).off('closed', handler);
    expect(facts.listenerCount('opened')).toBe(1);
  });

  it('calls the rest although a handler takes itself off', () => {
    const facts = new FactEmitter<Facts>();
    const second = vi.fn();
    const first = (): void => void facts.off('opened', first);
    facts.on('opened', first).on('opened', second);
    facts.publish('opened', { id: 1 });
    expect(second).toHaveBeenCalledOnce();
    expect(facts.listenerCount('opened')).toBe(1);
  });
});

describe('watchInterest', () => {
  it('calls back whenever handlers come or are taken off, until it is told otherwise', () => {
    const facts = new FactEmitter<Facts>();
    const handler = (): void => undefined;
    const counts: number[] = [];
    facts.watchInterest(() => counts.push(facts.listenerCount('opened')));
    facts.on('opened', handler).once('opened', handler).off('opened', handler);
    facts.watchInterest(undefined);
    facts.on('opened', handler);
    expect(counts).toEqual([1, 2, 0]);
  });
});
