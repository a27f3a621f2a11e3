/**
 * Slots in the order in which they were last active, in two circular lists: of flows never answered, and of
 * answered ones. Each list runs from the longest silent to the latest active, and all of a list live equally
 * long, so whatever has to go next is the first of one of the two. Pure; time is an argument.
 */
export class IdleOrder {
  readonly #unrepliedTimeoutMs: number;
  readonly #repliedTimeoutMs: number;
  /** Neighbours; the two places past the last slot are where the lists begin and end. */
  readonly #older: Int32Array;
  readonly #newer: Int32Array;
  readonly #lastActiveMs: Float64Array;
  readonly #unreplied: number;
  readonly #replied: number;

  constructor(slots: number, unrepliedTimeoutMs: number, repliedTimeoutMs: number) {
    this.#unrepliedTimeoutMs = unrepliedTimeoutMs;
    this.#repliedTimeoutMs = repliedTimeoutMs;
    this.#older = new Int32Array(slots + 2);
    this.#newer = new Int32Array(slots + 2);
    this.#lastActiveMs = new Float64Array(slots);
    this.#unreplied = slots;
    this.#replied = slots + 1;
    for (const list of [this.#unreplied, this.#replied]) {
      this.#older[list] = list;
      this.#newer[list] = list;
    }
  }

  /** Makes a slot that is in no list the latest of one. Hot path. */
  add(slot: number, isReplied: boolean, nowMs: number): void {
    const list = isReplied ? this.#replied : this.#unreplied;
    const latest = this.#older[list] ?? list;
    this.#lastActiveMs[slot] = nowMs;
    this.#older[slot] = latest;
    this.#newer[slot] = list;
    this.#newer[latest] = slot;
    this.#older[list] = slot;
  }

  /** Hot path. */
  remove(slot: number): void {
    const older = this.#older[slot] ?? 0;
    const newer = this.#newer[slot] ?? 0;
    this.#newer[older] = newer;
    this.#older[newer] = older;
  }

  /** The slot that makes room: the longest silent, of those never answered first. @returns -1 where there is none */
  firstToGo(): number {
    const unreplied = this.#first(this.#unreplied);
    return unreplied >= 0 ? unreplied : this.#first(this.#replied);
  }

  /** A slot whose time is over. @returns -1 where there is none */
  overdue(nowMs: number): number {
    if (this.#deadlineMs(this.#unreplied, this.#unrepliedTimeoutMs) <= nowMs)
      return this.#first(this.#unreplied);
    if (this.#deadlineMs(this.#replied, this.#repliedTimeoutMs) <= nowMs) return this.#first(this.#replied);
    return -1;
  }

  /** When the next slot's time will be over, if all stay silent; `Infinity` where there is none. */
  nextDeadlineMs(): number {
    return Math.min(
      this.#deadlineMs(this.#unreplied, this.#unrepliedTimeoutMs),
      this.#deadlineMs(this.#replied, this.#repliedTimeoutMs),
    );
  }

  #first(list: number): number {
    const slot = this.#newer[list] ?? list;
    return slot === list ? -1 : slot;
  }

  #deadlineMs(list: number, timeoutMs: number): number {
    const slot = this.#first(list);
    return slot < 0 ? Infinity : (this.#lastActiveMs[slot] ?? 0) + timeoutMs;
  }
}
