import type { FlowBudget } from './flow-budget.ts';

/** The place of one UDP flow in the budget, taken when it is admitted. Its owner ends it, exactly once. */
export class FlowPlace {
  readonly #flows: FlowBudget;
  #isSettled = false;

  constructor(flows: FlowBudget) {
    this.#flows = flows;
    flows.begin();
  }

  /** The descriptor is open, and counted, or it cannot be opened. Idempotent. */
  settle(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#flows.settle();
  }

  end(): void {
    this.settle();
    this.#flows.end();
  }
}
