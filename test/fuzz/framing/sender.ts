import type { Connection } from '../../../src/engine/engine.ts';
import type { BreakPlan } from './plan.ts';
import type { Stage } from './stage.ts';
import type { Piece, Wire } from './wire.ts';

export interface SenderOptions {
  readonly stage: Stage;
  readonly connection: Connection;
  readonly wire: Wire;
  readonly pieces: readonly Piece[];
  readonly breaks: BreakPlan | undefined;
  /** Nothing behind the head is sent before `open`. */
  readonly isGated: boolean;
  readonly onSent: () => void;
  readonly onBroken: (how: BreakPlan['how']) => void;
}

/** Sends one message in pieces, with pauses, and minds back-pressure; or gives up in the midst of it. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #end: number;
  #piece = 0;
  #position = 0;
  #isGated: boolean;
  #isBlocked = false;
  #isPausing = false;
  #isOver = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#isGated = options.isGated;
    const { length } = options.wire.bytes;
    this.#end = options.breaks === undefined ? length : Math.floor((length * options.breaks.after) / 1000);
  }

  start(): void {
    this.#go();
  }

  /** The body may follow. */
  open(): void {
    this.#isGated = false;
    this.#go();
  }

  onDrain(): void {
    this.#isBlocked = false;
    this.#go();
  }

  /** The connection is gone, or nobody wants the rest. */
  stop(): void {
    this.#isOver = true;
  }

  #go(): void {
    const { connection, wire, pieces } = this.#options;
    while (!this.#isOver && !this.#isPausing) {
      if (this.#position >= this.#end) {
        this.#finish();
        return;
      }
      // What the engine keeps counts as sent: the other side may have it before this one hears of it.
      if (this.#isBlocked) return;
      const gate = this.#isGated ? wire.headEnd : Infinity;
      if (this.#position >= gate) return;
      const piece = pieces[this.#piece];
      const until = Math.min(piece?.end ?? this.#end, this.#end, gate);
      if (until > this.#position && !connection.write(wire.bytes, this.#position, until))
        this.#isBlocked = true;
      this.#position = Math.max(this.#position, until);
      if (piece === undefined || until < piece.end) continue;
      this.#piece += 1;
      if (this.#position < this.#end) this.#pause(piece.pauseMs);
    }
  }

  #pause(pauseMs: number): void {
    this.#isPausing = true;
    this.#options.stage.later(pauseMs, () => {
      this.#isPausing = false;
      this.#go();
    });
  }

  #finish(): void {
    const { breaks, connection, onSent, onBroken } = this.#options;
    this.#isOver = true;
    if (breaks === undefined) {
      onSent();
      return;
    }
    if (breaks.how === 'reset') connection.reset();
    else connection.end();
    onBroken(breaks.how);
  }
}
