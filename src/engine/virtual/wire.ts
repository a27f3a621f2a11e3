import type { Agenda } from './agenda.ts';

/** What a {@link Wire} needs of each host that it joins. */
export interface WireEnd {
  /** Nothing comes from there, and nothing arrives. */
  readonly isSilent: boolean;
  /** Added to the delay of every packet from there or to there, in milliseconds. */
  readonly delayMs: Delay;
  whenHeard(call: () => void): void;
}

/** Milliseconds, or what tells them for each packet. */
export type Delay = number | (() => number);

/** What joins two hosts. */
export class Wire {
  readonly agenda: Agenda;
  readonly #network: { readonly delayMs: Delay };
  readonly #from: WireEnd;
  readonly #to: WireEnd;

  constructor(agenda: Agenda, network: { readonly delayMs: Delay }, from: WireEnd, to: WireEnd) {
    this.agenda = agenda;
    this.#network = network;
    this.#from = from;
    this.#to = to;
  }

  get isUp(): boolean {
    return !this.#from.isSilent && !this.#to.isSilent;
  }

  /** What the next packet takes. */
  delayMs(): number {
    return valueOf(this.#network.delayMs) + valueOf(this.#from.delayMs) + valueOf(this.#to.delayMs);
  }

  /** Calls back when a packet that leaves now has arrived: at once where that takes no time. */
  carry(arrive: () => void): void {
    const delayMs = this.delayMs();
    if (delayMs <= 0) arrive();
    else this.agenda.after(delayMs, arrive);
  }

  /** Calls back once, when neither host is silent any more. */
  whenUp(call: () => void): void {
    if (this.#from.isSilent)
      this.#from.whenHeard(() => {
        this.whenUp(call);
      });
    else if (this.#to.isSilent) this.#to.whenHeard(call);
    else call();
  }
}

/** What it comes to this time. */
export function valueOf(delay: Delay): number {
  return typeof delay === 'number' ? delay : delay();
}
