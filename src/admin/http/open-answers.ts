import type { ServerResponse } from 'node:http';
import type { Clock, Timer } from '../../runtime/runtime.ts';

/** How long an answer may go on after the right to it has ended. */
const checkMs = 1000;

/** Answers under way, such as events: they are cut once the caller may have them no more. */
export class OpenAnswers {
  readonly #clock: Clock;
  readonly #mayGoOn = new Map<ServerResponse, () => boolean>();
  #timer: Timer | undefined = undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  watch(response: ServerResponse, mayGoOn: () => boolean): void {
    this.#mayGoOn.set(response, mayGoOn);
    response.on('close', () => this.#mayGoOn.delete(response));
    this.#timer ??= this.#schedule();
  }

  close(): void {
    this.#timer?.cancel();
  }

  #schedule(): Timer {
    return this.#clock.schedule(checkMs, () => this.#check(), true);
  }

  #check(): void {
    for (const [response, mayGoOn] of this.#mayGoOn) if (!mayGoOn()) response.destroy();
    this.#timer = this.#mayGoOn.size === 0 ? undefined : this.#schedule();
  }
}
