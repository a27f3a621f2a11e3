import { grown } from './grown.ts';
import { Rings } from './rings.ts';

const unreplied = 0;
const replied = 1;

/**
 * Slots in the order they were last active, in two lists: flows never answered, and answered ones. All of a list live
 * equally long, so the first of one of the two ends next. Pure; time is an argument.
 */
export class IdleOrder {
  readonly #unrepliedTimeoutMs: number;
  readonly #repliedTimeoutMs: number;
  readonly #lists: Rings;
  #lastActiveMs: Float64Array;

  constructor(slots: number, unrepliedTimeoutMs: number, repliedTimeoutMs: number) {
    this.#unrepliedTimeoutMs = unrepliedTimeoutMs;
    this.#repliedTimeoutMs = repliedTimeoutMs;
    this.#lists = new Rings(slots, 2, 'items');
    this.#lastActiveMs = new Float64Array(slots);
  }

  /** Makes room for more slots. */
  growTo(slots: number): void {
    this.#lists.growTo(slots);
    this.#lastActiveMs = grown(this.#lastActiveMs, slots);
  }

  /** Makes a slot that is in no list the latest of one. Hot path. */
  add(slot: number, isReplied: boolean, nowMs: number): void {
    this.#lastActiveMs[slot] = nowMs;
    this.#lists.add(isReplied ? replied : unreplied, slot);
  }

  /** Hot path. */
  remove(slot: number): void {
    this.#lists.remove(slot);
  }

  /** The longest silent of the answered ones. @returns -1 where there is none */
  firstReplied(): number {
    return this.#lists.first(replied);
  }

  /** A slot whose time is over. @returns -1 where there is none */
  overdue(nowMs: number): number {
    if (this.#deadlineMs(unreplied, this.#unrepliedTimeoutMs) <= nowMs) return this.#lists.first(unreplied);
    if (this.#deadlineMs(replied, this.#repliedTimeoutMs) <= nowMs) return this.#lists.first(replied);
    return -1;
  }

  /** When the next slot's time will be over, if all stay silent; `Infinity` where there is none. */
  nextDeadlineMs(): number {
    return Math.min(
      this.#deadlineMs(unreplied, this.#unrepliedTimeoutMs),
      this.#deadlineMs(replied, this.#repliedTimeoutMs),
    );
  }

  #deadlineMs(list: number, timeoutMs: number): number {
    const slot = this.#lists.first(list);
    return slot < 0 ? Infinity : (this.#lastActiveMs[slot] ?? 0) + timeoutMs;
  }
}
