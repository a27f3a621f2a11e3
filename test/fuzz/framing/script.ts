import type { ExchangePlan, Plan } from './plan.ts';

/** One try of an exchange. Each has an id of its own, so that a request which arrives twice shows. */
export interface Try {
  readonly id: number;
  readonly plan: ExchangePlan;
  /** Times that a server has read its head, or all of it. */
  headsRead: number;
  timesRead: number;
  /** The first response to it breaks off; has it, and before its first byte? */
  hasBroken: boolean;
  hasBrokenUnsaid: boolean;
}

/** What clients and servers of one play have in common: the plan by id, and what was found to be wrong. */
export class Script {
  readonly plan: Plan;
  readonly differences: string[] = [];
  /** What happens from now on is of no interest: the play is over. */
  isOver = false;
  readonly #tries = new Map<number, Try>();
  #lastId = 0;

  constructor(plan: Plan) {
    this.plan = plan;
  }

  begin(plan: ExchangePlan): Try {
    this.#lastId += 1;
    const begun = {
      id: this.#lastId,
      plan,
      headsRead: 0,
      timesRead: 0,
      hasBroken: false,
      hasBrokenUnsaid: false,
    };
    this.#tries.set(begun.id, begun);
    return begun;
  }

  find(id: number): Try | undefined {
    return this.#tries.get(id);
  }

  differs(what: string): void {
    if (!this.isOver) this.differences.push(what);
  }
}

/** Bytes that either side sends through a tunnel. */
export function tunnelBytes(id: number): number {
  return 1 + ((id * 977) % 90_000);
}

/** Does the server take up the upgrade that the client offers? */
export function isTakenUp({ request, response }: ExchangePlan): boolean {
  return request.isUpgrade && response.status === 200 && response.breaks === undefined;
}
