import { describe, expect, it } from 'vitest';
import { DescriptorBudget } from '../../../../src/engine/budget/descriptor-budget.ts';
import { FlowBudget } from '../../../../src/engine/budget/flow-budget.ts';
import { FlowPlace } from '../../../../src/engine/budget/flow-place.ts';

describe('the budget of UDP flows', () => {
  it.each([
    ['half of the descriptors for clients', 960, Infinity, 480],
    ['seven eighths of the source ports, where those are fewer', 960_000, 28_232, 24_703],
    ['as many as there are, where nothing is known', Infinity, Infinity, Infinity],
  ])('is %s', (_, descriptors, ports, limit) => {
    expect(new FlowBudget(descriptors, ports).limit).toBe(limit);
  });

  it('is divided by threads', () => {
    const flows = new FlowBudget(1_000, Infinity);
    flows.divide(4);
    expect(flows.limit).toBe(125);
  });

  it('counts a flow from the moment it is admitted, and its descriptor once', () => {
    const budget = new DescriptorBudget(264);
    const places: FlowPlace[] = [];
    while (budget.hasFlowRoom()) places.push(new FlowPlace(budget.flows));
    expect(places).toHaveLength(100);
    expect([budget.flows.unopened, connectionsThatFit(budget)]).toEqual([100, 50]);
    for (const place of places) {
      budget.take('other');
      place.settle();
      place.settle();
    }
    expect([budget.flows.unopened, connectionsThatFit(budget)]).toEqual([0, 50]);
    places[0]?.end();
    budget.giveBack('other');
    expect(budget.hasFlowRoom()).toBe(true);
  });

  it('gives back what was never opened', () => {
    const budget = new DescriptorBudget(264);
    new FlowPlace(budget.flows).end();
    expect([budget.flows.unopened, connectionsThatFit(budget)]).toEqual([0, 100]);
  });

  it('keeps a sixteenth for flows while there is a UDP service', () => {
    const budget = new DescriptorBudget(264);
    budget.flows.addPort();
    expect(budget.flows.kept).toBe(12);
    expect(connectionsThatFit(budget)).toBe(94);
    budget.take('accepted', 94);
    expect([budget.hasRoom(), budget.hasFlowRoom()]).toEqual([false, true]);
    for (let flow = 0; flow < 11; flow++) new FlowPlace(budget.flows);
    expect([budget.hasRoom(), budget.hasFlowRoom()]).toEqual([false, false]);
    budget.flows.removePort();
    expect(budget.flows.kept).toBe(0);
  });

  function connectionsThatFit(budget: DescriptorBudget): number {
    let count = 0;
    for (; budget.hasRoom(); count++) budget.take('accepted');
    budget.giveBack('accepted', count);
    return count;
  }
});
