import { IpAddress } from '../../model/address.ts';
import type { Runtime, Timer } from '../../runtime/runtime.ts';
import { AddressChoice } from './address-choice.ts';
import { NameError } from './name-error.ts';
import type { NameSource } from './name-source.ts';
import { NameState, type NameAnswer } from './name-state.ts';

/** Who waits for the addresses of a name. */
export interface NameWaiter {
  /** The name is not `unknown` any more. Never called from inside a call of the waiter. */
  onNameSettled(): void;
}

/** A lookup that takes longer has failed. */
const lookupLimitMs = 10_000;
/** A name is asked for again until nobody has used it for so long. */
const keepMs = 60_000;

/**
 * One name and its addresses, for all who use it. There is one lookup at a time for all that wait:
 *
 *     resting ──use──▶ asking ──answer, failure, or limit──▶ holding ──due, used lately──▶ asking
 *        ▲                                                      └──due, not used──┐
 *        └────────────────────────────────────────────────────────────────────────┘
 */
export class KnownName {
  readonly host: string;
  readonly #runtime: Runtime;
  readonly #source: NameSource;
  readonly #state = new NameState();
  readonly #choice = new AddressChoice();
  readonly #waiters = new Set<NameWaiter>();
  /** `state.addresses`, read. */
  #parsed: readonly IpAddress[] = [];
  /** Of the lookup under way. */
  #asking: AbortController | undefined = undefined;
  /** The limit of the lookup, or the time of the next one. */
  #timer: Timer | undefined = undefined;
  #isUsed = false;
  #usedMs = -Infinity;
  #isClosed = false;

  constructor(host: string, runtime: Runtime, source: NameSource) {
    this.host = host;
    this.#runtime = runtime;
    this.#source = source;
  }

  /** Nobody has used it for a while. */
  get isResting(): boolean {
    return this.#timer === undefined;
  }

  /** Why there are no addresses; undefined where there are. */
  get failure(): NameError | undefined {
    return this.#state.addresses.length > 0 ? undefined : this.#state.failure;
  }

  /** @returns `unknown` where `wait` is to be called, before the addresses are wanted */
  look(): 'unknown' | 'known' | 'failed' {
    this.#use();
    return this.#state.at(this.#runtime.clock.nowMs());
  }

  wait(waiter: NameWaiter): void {
    this.#waiters.add(waiter);
  }

  /** Idempotent. */
  leave(waiter: NameWaiter): void {
    this.#waiters.delete(waiter);
  }

  /** The addresses in the order in which to try them on that endpoint, as a list of its own. */
  addresses(endpoint: number): string[] {
    return this.#choice.order(this.#state.addresses, endpoint, this.#runtime.clock.nowMs());
  }

  /** The address has taken a connection, or answered, on that endpoint. */
  worked(endpoint: number, address: string): void {
    this.#choice.worked(endpoint, address);
  }

  /** The address has refused, or stayed silent, on that endpoint. */
  failed(endpoint: number, address: string): void {
    this.#choice.failed(endpoint, address, this.#runtime.clock.nowMs());
  }

  /** The name does not have this address, which it had before. Hot path. */
  isOutdated(address: IpAddress): boolean {
    this.#use();
    for (const one of this.#parsed) if (one.equals(address)) return false;
    return true;
  }

  /** Nobody is told anything afterwards. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#asking?.abort();
    this.#waiters.clear();
  }

  #use(): void {
    this.#isUsed = true;
    if (this.#timer === undefined && !this.#isClosed) this.#ask();
  }

  #ask(): void {
    const asking = new AbortController();
    this.#asking = asking;
    this.#noteUse();
    this.#timer = this.#runtime.clock.schedule(lookupLimitMs, () => {
      this.#settle(asking, new NameError(this.host, 'silent'));
    });
    this.#source.find(this.host, this.#state.addresses, asking.signal).then(
      (answer) => {
        this.#settle(asking, answer);
      },
      (error: unknown) => {
        this.#settle(asking, error instanceof NameError ? error : new NameError(this.host, 'silent'));
      },
    );
  }

  /** What comes after the limit is not heard any more. */
  #settle(asking: AbortController, outcome: NameAnswer | NameError): void {
    if (this.#asking !== asking || this.#isClosed) return;
    const { clock } = this.#runtime;
    this.#asking = undefined;
    this.#timer?.cancel();
    asking.abort();
    if (outcome instanceof NameError) this.#fail(outcome);
    else this.#learn(outcome);
    this.#timer = clock.schedule(Math.max(0, this.#state.dueMs - clock.nowMs()), () => {
      this.#onDue();
    });
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const waiter of waiters) waiter.onNameSettled();
  }

  #learn(answer: NameAnswer): void {
    const before = this.#state.addresses;
    const hadFailed = this.#state.failure !== undefined;
    const isOther = this.#state.learn(answer, this.#runtime.clock.nowMs());
    if (hadFailed) this.#runtime.log('info', `the name ${this.host} can be looked up again`);
    if (!isOther) return;
    this.#parsed = answer.addresses.flatMap((text) => IpAddress.parse(text) ?? []);
    if (before.length > 0)
      this.#runtime.log(
        'info',
        `the addresses of ${this.host} changed from ${before.join(', ')} to ${answer.addresses.join(', ')}`,
      );
  }

  /** Logged once, until it is over. */
  #fail(failure: NameError): void {
    const hadFailed = this.#state.failure !== undefined;
    this.#state.fail(failure, this.#runtime.clock.nowMs());
    const { addresses } = this.#state;
    if (addresses.length === 0) this.#parsed = [];
    if (hadFailed) return;
    const kept = addresses.length > 0 ? `; the last addresses stay in use: ${addresses.join(', ')}` : '';
    this.#runtime.log('warn', `${failure.message}${kept}`);
  }

  #onDue(): void {
    this.#timer = undefined;
    this.#noteUse();
    if (this.#runtime.clock.nowMs() - this.#usedMs < keepMs) this.#ask();
  }

  #noteUse(): void {
    if (this.#isUsed) this.#usedMs = this.#runtime.clock.nowMs();
    this.#isUsed = false;
  }
}
