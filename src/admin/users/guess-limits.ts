import { AddressPrefix } from '../../model/address-prefix.ts';
import { IpAddress } from '../../model/address.ts';
import type { Clock } from '../../runtime/runtime.ts';

/** Which wrong guess in a row is the first that delays the next one, by what they are counted for. */
const firstDelayed = { user: 3, address: 10 } as const;

const firstDelayMs = 1000;
/** The lock-out. */
const maxDelayMs = 15 * 60_000;
/** After so long without a guess, all is forgotten. */
const forgetMs = 60 * 60_000;
const maxRemembered = 10_000;

interface Guesses {
  count: number;
  lastMs: number;
  /** Until then, nobody may guess. */
  blockedUntilMs: number;
}

/** Whom a guess is counted for. */
export interface Guesser {
  /** As it was typed: a user that there is not counts as well, so that nobody learns which there are. */
  readonly user: string;
  readonly address: string;
}

/**
 * Slows down those who guess passwords: after some wrong ones, each further one doubles the time before the next, up to 15
 * minutes. It counts by user and by address, and remembers the last 10,000 of them.
 */
export class GuessLimits {
  readonly #clock: Clock;
  /** The one that was used last comes last. */
  readonly #guesses = new Map<string, Guesses>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many users and addresses are remembered. */
  get size(): number {
    return this.#guesses.size;
  }

  /**
   * Somebody is about to guess. It counts as wrong from now on, so that guesses at the same time are no way around.
   *
   * @returns how long to wait, milliseconds; 0 where the guess may be looked at
   */
  begin(guesser: Guesser): number {
    const waitMs = this.waitMs(guesser);
    if (waitMs > 0) return waitMs;
    const nowMs = this.#clock.nowMs();
    for (const [kind, key] of keysOf(guesser)) this.#count(key, firstDelayed[kind], nowMs);
    return 0;
  }

  /** How long the next guess has to wait. */
  waitMs(guesser: Guesser): number {
    const nowMs = this.#clock.nowMs();
    return Math.max(...keysOf(guesser).map(([, key]) => this.#waitOf(key, nowMs)));
  }

  /** The guess was right. Others from that address stay counted: one's own password is no way to go on guessing. */
  succeed(guesser: Guesser): void {
    for (const [kind, key] of keysOf(guesser)) {
      const guesses = this.#guesses.get(key);
      if (guesses === undefined) continue;
      guesses.count -= 1;
      guesses.blockedUntilMs = 0;
      if (kind === 'user' || guesses.count <= 0) this.#guesses.delete(key);
    }
  }

  /** The guess was not looked at after all. */
  undo(guesser: Guesser): void {
    for (const [, key] of keysOf(guesser)) {
      const guesses = this.#guesses.get(key);
      if (guesses !== undefined) guesses.count -= 1;
    }
  }

  #waitOf(key: string, nowMs: number): number {
    return Math.max(0, (this.#guesses.get(key)?.blockedUntilMs ?? 0) - nowMs);
  }

  #count(key: string, from: number, nowMs: number): void {
    const known = this.#guesses.get(key);
    const isFresh = known !== undefined && nowMs - known.lastMs < forgetMs;
    const count = isFresh ? known.count + 1 : 1;
    const delayMs = count < from ? 0 : Math.min(firstDelayMs * 2 ** (count - from), maxDelayMs);
    this.#guesses.delete(key);
    this.#guesses.set(key, { count, lastMs: nowMs, blockedUntilMs: nowMs + delayMs });
    const [oldest] = this.#guesses.keys();
    if (this.#guesses.size > maxRemembered && oldest !== undefined) this.#guesses.delete(oldest);
  }
}

type Kind = keyof typeof firstDelayed;

/** A machine has a whole network of IPv6 to guess from. */
const network = new AddressPrefix({ prefixV4: 32, prefixV6: 64 });

function keysOf({ user, address }: Guesser): readonly (readonly [kind: Kind, key: string])[] {
  const parsed = IpAddress.parse(address);
  const origin = parsed === undefined ? address : network.of(parsed).toString();
  return [
    ['user', `user ${user}`],
    ['address', `address ${origin}`],
  ];
}
