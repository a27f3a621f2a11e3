import type { Engine } from '../engine/engine.ts';

/** The flows of one service, as seen by those that need room. */
export interface FlowHolder {
  /** Flows now. */
  readonly size: number;
  /** As `FlowTable.surplus`. */
  readonly surplus: number;
  /** Ends the flow that has to go first. @returns false where there is none */
  giveUpFlow(): boolean;
}

/**
 * The UDP services of a thread share its descriptors. When all are taken, the service with the most unanswered flows
 * beyond what newcomers need gives one up; where no service has such flows, the one with the most flows does. So a
 * flood of one service makes room for itself, and takes nothing from another.
 */
export class FlowRoom {
  readonly #holders = new Set<FlowHolder>();

  /** The holder has flows. Does nothing where its engine has no limit. Idempotent. */
  join(holder: FlowHolder, engine: Engine): void {
    if (engine.hasFlowRoom !== undefined) this.#holders.add(holder);
  }

  /** It has none any more. Idempotent. */
  leave(holder: FlowHolder): void {
    this.#holders.delete(holder);
  }

  /** @returns whether the engine can open one more flow; another may have ended for it */
  makeRoom(engine: Engine): boolean {
    if (engine.hasFlowRoom?.() !== false) return true;
    return this.#firstToGive()?.giveUpFlow() === true && engine.hasFlowRoom();
  }

  #firstToGive(): FlowHolder | undefined {
    let first: FlowHolder | undefined = undefined;
    for (const holder of this.#holders) {
      if (first === undefined || isBefore(holder, first)) first = holder;
    }
    return first;
  }
}

function isBefore(holder: FlowHolder, other: FlowHolder): boolean {
  if (holder.surplus > 0 || other.surplus > 0) return holder.surplus > other.surplus;
  return holder.size > other.size;
}

/** Of this thread. */
export const flowRoom = new FlowRoom();
