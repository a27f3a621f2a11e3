import type { Health } from '../model/server.ts';

/**
 * When the health of one server changes: after `fall` failures in a row, or `rise` successes.
 *
 * While health is unknown a single result decides: a balancer that just started knows at once what it may use. In
 * HAProxy, too, a server starts one failed check away from being down. Pure.
 */
export class HealthThresholds {
  readonly #rise: number;
  readonly #fall: number;
  #health: Health;
  /** Results in a row that contradict the current health. */
  #contradictions = 0;

  /**
   * @param rise and @param fall whole numbers from 1
   * @param known what is known from before
   */
  constructor(rise: number, fall: number, known: Health = 'unknown') {
    this.#rise = rise;
    this.#fall = fall;
    this.#health = known;
  }

  get health(): Health {
    return this.#health;
  }

  /** True while health is unknown or has begun to turn: a reason to look again sooner. */
  get isUndecided(): boolean {
    return this.#health === 'unknown' || this.#contradictions > 0;
  }

  /** Takes the result of one probe. @returns the new health where it changed */
  consume(ok: boolean): 'up' | 'down' | undefined {
    const found = ok ? 'up' : 'down';
    if (this.#health === found) {
      this.#contradictions = 0;
      return undefined;
    }
    this.#contradictions++;
    const needed = this.#health === 'unknown' ? 1 : ok ? this.#rise : this.#fall;
    if (this.#contradictions < needed) return undefined;
    this.#contradictions = 0;
    this.#health = found;
    return found;
  }
}
