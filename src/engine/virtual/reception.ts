import type { Stream } from './stream.ts';

/** What one end of a connection gets: the stream from the other end, once there is one, and what was told of it. */
export class Reception {
  stream: Stream | undefined = undefined;
  isPaused: boolean;
  /** FIN was told. */
  isEndTold = false;
  /** Of a client, a reset is told at once; of a server, after all that it sent before. */
  readonly #isOfClient: boolean;

  /** @param isOfClient who is also paused at first, until an owner wants to hear */
  constructor(isOfClient: boolean) {
    this.#isOfClient = isOfClient;
    this.isPaused = isOfClient;
  }

  get hasBytes(): boolean {
    return this.stream !== undefined && this.stream.arrived > 0;
  }

  /** Bytes, or FIN, can be told now. */
  get isReadable(): boolean {
    return !this.isPaused && (this.hasBytes || this.#hasUntoldEnd);
  }

  /** Anything has arrived that was not told. */
  get hasNews(): boolean {
    return this.hasBytes || this.#hasUntoldEnd || this.stream?.hasResetArrived === true;
  }

  /** It is time to tell a reset, unless bytes are readable. */
  get isBroken(): boolean {
    if (this.stream?.hasResetArrived !== true) return false;
    return this.#isOfClient || !(this.hasBytes || this.#hasUntoldEnd);
  }

  get #hasUntoldEnd(): boolean {
    return !this.isEndTold && this.stream?.hasEndArrived === true;
  }
}
