import { EventEmitter } from 'eventemitter3';
import { isPromise } from '../base/is-promise.ts';

/** What is published when a handler of another event threw. */
export interface HandlerFailedEvent {
  /** The event whose handler threw. */
  readonly event: string;
  readonly error: unknown;
}

/** Every emitter of facts has this event. */
export interface FactEvents {
  readonly handlerFailed: HandlerFailedEvent;
}

type Handler = (fact: never) => unknown;

/** A handler that cannot hurt; the emitter passes it the event's name after the fact. */
type GuardedHandler = (fact: unknown, name: string) => void;

/**
 * A typed emitter of facts: past-tense names, one read-only object per event.
 *
 * A handler that throws, or whose promise is rejected, hurts neither the publisher nor other handlers: the
 * failure is published as `handlerFailed`. State is updated before a fact is published, so handlers may call
 * any method.
 */
export class FactEmitter<Events extends FactEvents> {
  readonly #emitter = new EventEmitter();
  readonly #guarded = new WeakMap<Handler, GuardedHandler>();
  #onInterest: (() => void) | undefined = undefined;

  on<Name extends keyof Events & string>(name: Name, handler: (fact: Events[Name]) => void): this {
    this.#emitter.on(name, this.#guard(handler));
    this.#onInterest?.();
    return this;
  }

  once<Name extends keyof Events & string>(name: Name, handler: (fact: Events[Name]) => void): this {
    this.#emitter.once(name, this.#guard(handler));
    this.#onInterest?.();
    return this;
  }

  off<Name extends keyof Events & string>(name: Name, handler: (fact: Events[Name]) => void): this {
    const guarded = this.#guarded.get(handler);
    if (guarded !== undefined) this.#emitter.off(name, guarded);
    this.#onInterest?.();
    return this;
  }

  /**
   * For the owner of the emitter: calls back whenever handlers came or were taken off, so that facts of other threads
   * are asked for only where somebody listens. There is no call when a handler of `once` goes.
   *
   * @internal
   */
  watchInterest(callback: (() => void) | undefined): void {
    this.#onInterest = callback;
  }

  /** How many handlers an event has: hot paths build a fact only where somebody listens. */
  listenerCount(name: keyof Events & string): number {
    return this.#emitter.listenerCount(name);
  }

  /** For the owner of the emitter: tells everyone who listens. Never throws. */
  publish<Name extends keyof Events & string>(name: Name, fact: Events[Name]): void {
    this.#emitter.emit(name, fact, name);
  }

  /** One for all events of a handler, so that `off` finds it. */
  #guard(handler: Handler): GuardedHandler {
    const known = this.#guarded.get(handler);
    if (known !== undefined) return known;
    const guarded: GuardedHandler = (fact, name) => {
      try {
        const result = handler(fact as never);
        if (isPromise(result)) result.catch((error: unknown) => this.#failed(name, error));
      } catch (error) {
        this.#failed(name, error);
      }
    };
    this.#guarded.set(handler, guarded);
    return guarded;
  }

  #failed(event: string, error: unknown): void {
    // A failing handler of `handlerFailed` itself has nobody left to tell.
    if (event !== 'handlerFailed') this.#emitter.emit('handlerFailed', { event, error }, 'handlerFailed');
  }
}
