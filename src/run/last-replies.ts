import type { Clock } from '../runtime/runtime.ts';

/** An answer may take several datagrams, and a client may have asked several times. */
const lastRepliesMs = 1_000;

/** How long replies may still come for flows whose clients are another run's by now. */
export class LastReplies {
  readonly #waiting = new Set<() => void>();

  wait(clock: Clock): Promise<void> {
    return new Promise((resolve) => {
      const over = (): void => {
        timer.cancel();
        this.#waiting.delete(over);
        resolve();
      };
      const timer = clock.schedule(lastRepliesMs, over);
      this.#waiting.add(over);
    });
  }

  /** Nobody waits for them any more. */
  end(): void {
    for (const over of this.#waiting) over();
  }
}
