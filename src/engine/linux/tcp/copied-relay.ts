import type { Connection } from '../../engine.ts';
import { ForeignDestination, type ForeignSource } from '../../common/foreign-destination.ts';
import { relayFault } from '../../common/system-errors.ts';
import type { LinuxContext } from '../shared/linux-context.ts';
import { readSize } from '../loop/read-ahead.ts';
import type { RelaySource } from './relay.ts';

/** As `Relay`, to a connection outside this engine: every byte passes through this process. */
export class CopiedRelay implements ForeignSource {
  readonly isBulk = false;
  readonly #context: LinuxContext;
  readonly #source: RelaySource;
  readonly #to: ForeignDestination;
  #left: number;

  /** @throws SluiceError as `Relay` */
  constructor(context: LinuxContext, source: RelaySource, to: Connection, limit: number) {
    if (!(limit >= 1)) throw relayFault(`must forward at least 1 byte, not ${limit}`);
    this.#context = context;
    this.#source = source;
    this.#to = new ForeignDestination(to, this);
    this.#left = limit;
  }

  get isDone(): boolean {
    return this.#left === 0;
  }

  get isBlocked(): boolean {
    return this.#to.isBusy;
  }

  get lengthAhead(): number {
    return this.isBlocked ? 0 : Math.min(readSize, this.#left);
  }

  /** @returns as `Relay.take` */
  take(): number {
    const count = this.#source.receive(Math.min(readSize, this.#left));
    if (count <= 0) return count;
    this.#left -= count;
    const { bytes, start } = this.#context.calls;
    this.#to.send(bytes, start, start + count);
    return count;
  }

  onRoom(): void {
    this.#source.readSoon();
  }

  onDestinationGone(): void {
    this.#source.pause();
    this.#source.stopRelay();
  }

  stop(): void {
    this.#to.leave();
  }
}
