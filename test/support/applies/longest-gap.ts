/** The longest time between two answers. */
export class LongestGap {
  #lastMs = performance.now();
  ms = 0;

  answered(): void {
    const nowMs = performance.now();
    this.ms = Math.max(this.ms, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
  }
}
