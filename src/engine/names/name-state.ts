import type { NameError } from './name-error.ts';

/** What was found out about a name. */
export interface NameAnswer {
  /** IP addresses, at least one, the preferred one first. */
  readonly addresses: readonly string[];
  /** How long they hold, as their source says. */
  readonly holdMs: number;
}

const nothing: readonly string[] = [];

/** Limits of the times in answers: a name is asked for no more, and no less, often. */
const minHoldMs = 1_000;
const maxHoldMs = 30_000;
/** A failed lookup is repeated after this time (RFC 9520, section 3.2, has 1 s at least). */
const failureHoldMs = 5_000;
/** How much longer what is known counts while it is asked for again. */
const graceMs = 15_000;
/**
 * How long addresses are used after they were last told, although the name is said to be absent (HAProxy's `hold
 * nx`), or nobody says anything (RFC 8767, section 5: one to three days).
 */
const staleMs = { absent: 30_000, silent: 86_400_000 } as const;

/** What is known about one name, and until when. Pure: time is an argument. */
export class NameState {
  /** As told last; none where nothing usable ever was. */
  addresses: readonly string[] = nothing;
  /** Why the last lookup failed; undefined where it did not. */
  failure: NameError | undefined = undefined;
  /** When it has to be asked for again. */
  dueMs = -Infinity;
  #toldMs = -Infinity;

  /** @returns whether the addresses are others than before, in whatever order */
  learn({ addresses, holdMs }: NameAnswer, nowMs: number): boolean {
    const before = this.addresses;
    this.addresses = addresses;
    this.failure = undefined;
    this.#toldMs = nowMs;
    this.dueMs = nowMs + Math.min(Math.max(holdMs, minHoldMs), maxHoldMs);
    return before.length !== addresses.length || !addresses.every((address) => before.includes(address));
  }

  /** The addresses told before are used on for a while. */
  fail(failure: NameError, nowMs: number): void {
    this.failure = failure;
    this.dueMs = nowMs + failureHoldMs;
    if (nowMs - this.#toldMs > staleMs[failure.problem]) this.addresses = nothing;
  }

  /** `unknown`: ask for it, and wait. `failed`: do not wait, since nothing better comes soon. */
  at(nowMs: number): 'unknown' | 'known' | 'failed' {
    if (nowMs >= this.dueMs + graceMs) return 'unknown';
    return this.addresses.length > 0 ? 'known' : 'failed';
  }
}
