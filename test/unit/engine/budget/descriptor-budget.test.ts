import { describe, expect, it } from 'vitest';
import { DescriptorBudget } from '../../../../src/engine/budget/descriptor-budget.ts';

describe('the budget of descriptors', () => {
  /** Accepts until there is no room. @returns how many were */
  function fill(budget: DescriptorBudget, waitingRoom?: number): number {
    let count = 0;
    for (; budget.hasRoom(waitingRoom) && count < 100_000; count++) budget.take('accepted');
    return count;
  }

  it.each([
    [100, 50],
    [1024, 64],
    [20_000, 1000],
    [1_048_576, 52_428],
    [Infinity, 0],
  ])('keeps of %d descriptors %d in reserve', (limit, reserve) => {
    const budget = new DescriptorBudget(limit);
    expect(budget.reserve).toBe(reserve);
    expect(budget.capacity).toBe(limit - reserve);
    expect(budget.hasRoom(511)).toBe(limit >= 1024);
  });

  it('promises each client a connection to a server', () => {
    const budget = new DescriptorBudget(264);
    expect(fill(budget)).toBe(100);
    budget.take('outgoing', 100);
    expect(budget.hasRoom()).toBe(false);
    budget.giveBack('accepted');
    expect(budget.hasRoom()).toBe(false);
    budget.giveBack('outgoing');
    expect(budget.hasRoom()).toBe(true);
  });

  it('lets connections to servers use the reserve, but takes no client then', () => {
    const budget = new DescriptorBudget(264);
    budget.take('outgoing', 220);
    expect(budget.hasRoom()).toBe(false);
    expect(budget.isRelaxed()).toBe(false);
    budget.giveBack('outgoing', 60);
    expect(budget.isRelaxed()).toBe(true);
  });

  it('counts pipes and flows, and what others have open', () => {
    const budget = new DescriptorBudget(264);
    budget.take('other', 20);
    budget.measure(70);
    expect(budget.capacity).toBe(150);
    expect(fill(budget)).toBe(65);
  });

  it('learns from the number of a descriptor that others have opened more', () => {
    const budget = new DescriptorBudget(264);
    budget.measure(0);
    budget.take('accepted');
    budget.observe(150);
    expect(fill(budget)).toBe(24);
    budget.measure(25);
    expect(fill(budget)).toBe(75);
  });

  it('keeps a third for clients that wait, who take one each', () => {
    const budget = new DescriptorBudget(364);
    expect(budget.waitingRoom).toBe(100);
    expect(fill(budget, 100)).toBe(100);
    let waiting = 0;
    for (; budget.hasWaitingRoom; waiting++) {
      budget.take('accepted');
      budget.beginWaiting();
    }
    expect(waiting).toBe(100);
    expect(budget.hasRoom(100)).toBe(false);
    budget.giveBack('accepted');
    expect(budget.hasRoom(100)).toBe(true);
    budget.endWaiting();
    expect(budget.hasRoom(100)).toBe(false);
  });

  it('calls who waits whenever something was given back, until it is removed', () => {
    const budget = new DescriptorBudget(264);
    let calls = 0;
    const waiter = (): void => {
      calls++;
    };
    budget.addWaiter(waiter);
    budget.take('other', 3);
    budget.giveBack('other');
    budget.giveBack('other');
    budget.removeWaiter(waiter);
    budget.giveBack('other');
    expect(calls).toBe(2);
  });
});
