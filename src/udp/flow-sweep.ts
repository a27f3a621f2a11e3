import type { Clock, Timer } from '../runtime/runtime.ts';
import type { FlowTable, Tabled } from './flow-table.ts';

/** Flows that end within this time of one another are ended together. */
const minPauseMs = 100;

/**
 * Ends flows whose time is over, with one timer for all of them: set to the earliest time at which one may have to
 * end. A flow never ends before its time, and at most {@link minPauseMs} after it.
 */
export class FlowSweep<Flow extends Tabled> {
  readonly #table: FlowTable<Flow>;
  readonly #clock: Clock;
  readonly #end: (flow: Flow) => void;
  #timer: Timer | undefined;
  #dueMs = Infinity;

  /** @param end ends one flow and removes it from the table */
  constructor(table: FlowTable<Flow>, clock: Clock, end: (flow: Flow) => void) {
    this.#table = table;
    this.#clock = clock;
    this.#end = end;
  }

  /** A flow was added, the only thing that may bring the next deadline forward. */
  arm(): void {
    const deadlineMs = this.#table.nextDeadlineMs();
    if (deadlineMs < this.#dueMs) this.#schedule(deadlineMs);
  }

  disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#dueMs = Infinity;
  }

  #schedule(dueMs: number): void {
    this.#timer?.cancel();
    this.#dueMs = dueMs;
    this.#timer = this.#clock.schedule(dueMs - this.#clock.nowMs(), () => {
      this.#sweep();
    });
  }

  #sweep(): void {
    const nowMs = this.#clock.nowMs();
    this.disarm();
    for (let flow = this.#table.overdue(nowMs); flow !== undefined; flow = this.#table.overdue(nowMs)) {
      this.#end(flow);
    }
    if (this.#table.size > 0) this.#schedule(Math.max(this.#table.nextDeadlineMs(), nowMs + minPauseMs));
  }
}
