import type { Socket } from 'node:net';
import type { GivenChunk } from '../shared/given-chunk.ts';
import type { LastBytesTaker } from './outgoing-socket.ts';
import { readByte } from './read-byte.ts';

/** Takes what a {@link SocketReceiver} received. */
export interface ReceiverOwner {
  /** @returns where the bytes start that were not taken; asked again for those, unless reading was stopped */
  takeBytes(bytes: Buffer, start: number, end: number): number;
  takeEnd(): void;
  /** Bytes were taken from the system that are held at first. */
  countRead(count: number): void;
  /** All that was held is told, and reading goes on if the socket still lives. */
  onCaughtUp(): void;
}

/**
 * The receiving half of one `net.Socket`. Reading stands still for two independent reasons: the connection's owner
 * paused it, or the destination of a relay is full. Bytes and FIN may still arrive, or be left over when reading
 * stops in the middle of them. They are held, and told in order once reading goes on: on a tick of their own, since
 * the owner lets it go on.
 */
export class SocketReceiver implements LastBytesTaker {
  #isPaused: boolean;
  #isBlocked = false;
  #isDiscarding = false;
  #held: Buffer | null = null;
  #isEndHeld = false;
  #isEndTold = false;
  #isTellingScheduled = false;
  /** More of the chunk that `takeBytes` is at now follows. */
  isRestDue = false;
  readonly #socket: Socket;
  readonly #given: GivenChunk;
  readonly #owner: ReceiverOwner;

  constructor(socket: Socket, given: GivenChunk, owner: ReceiverOwner, isPaused: boolean) {
    this.#socket = socket;
    this.#given = given;
    this.#owner = owner;
    this.#isPaused = isPaused;
  }

  get isHolding(): boolean {
    return this.#held !== null || this.#isEndHeld;
  }

  /** Looks for what was not told yet. What has to be taken from the system for that is held. */
  hasArrivals(): boolean {
    if (this.isHolding || this.isRestDue || this.#socket.readableLength > 0) return true;
    if (this.#isEndTold) return false;
    const found = readByte(this.#socket);
    if (found === 'nothing') return false;
    if (found instanceof Error) this.#socket.destroy(found);
    else if (found !== 'end') this.#holdByte(found);
    return true;
  }

  /** Stops for the connection's owner. */
  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#readOn();
  }

  /** Stops until a relay's destination is flushed. */
  block(): void {
    this.#isBlocked = true;
    this.#socket.pause();
  }

  unblock(): void {
    if (!this.#isBlocked) return;
    this.#isBlocked = false;
    this.#readOn();
  }

  /** Forgets what is held and what may still arrive. */
  discard(): void {
    this.#isDiscarding = true;
    this.#held = null;
    this.#isEndHeld = false;
  }

  /** A chunk arrived in memory of its own. Hot path. */
  receiveChunk(chunk: Buffer): void {
    this.#given.take(chunk);
    this.receive(chunk, 0, chunk.length);
    this.#given.release();
  }

  /** Bytes arrived. Hot path. */
  receive(bytes: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end && !this.#isDiscarding) {
      if (!this.#isReading() || this.#held !== null) {
        this.#hold(bytes, at, end);
        return;
      }
      at = this.#owner.takeBytes(bytes, at, end);
    }
  }

  /** During a call of the owner, perhaps: they are told on a tick of their own. */
  takeLastBytes(bytes: Buffer): void {
    if (this.#isDiscarding) return;
    this.#owner.countRead(bytes.length);
    this.#hold(bytes, 0, bytes.length);
    this.#readOn();
  }

  takeLastEnd(): void {
    if (this.#isDiscarding) return;
    this.#isEndHeld = true;
    this.#readOn();
  }

  /** FIN arrived. */
  receiveEnd(): void {
    if (this.#isDiscarding) return;
    if (this.#isReading() && this.#held === null) this.#tellEnd();
    else this.#isEndHeld = true;
  }

  #isReading(): boolean {
    return !this.#isPaused && !this.#isBlocked && !this.#isDiscarding;
  }

  #hold(bytes: Buffer, start: number, end: number): void {
    const isGiven = this.#given.is(bytes);
    if (isGiven) this.#given.keep();
    const rest = isGiven ? bytes.subarray(start, end) : Buffer.from(bytes.subarray(start, end));
    this.#held = this.#held === null ? rest : Buffer.concat([this.#held, rest]);
  }

  #holdByte(byte: Buffer): void {
    this.#owner.countRead(byte.length);
    this.#hold(byte, 0, byte.length);
    this.#readOn();
  }

  #takeHeld(): Buffer | null {
    const held = this.#held;
    this.#held = null;
    return held;
  }

  #readOn(): void {
    if (!this.#isReading()) return;
    if (!this.isHolding) {
      this.#socket.resume();
    } else if (!this.#isTellingScheduled) {
      this.#isTellingScheduled = true;
      process.nextTick(() => {
        this.#tellHeld();
      });
    }
  }

  #tellHeld(): void {
    this.#isTellingScheduled = false;
    if (!this.#isReading()) return;
    const held = this.#takeHeld();
    if (held !== null) this.receiveChunk(held);
    this.#tellHeldEnd();
    if (this.isHolding || !this.#isReading()) return;
    this.#socket.resume();
    this.#owner.onCaughtUp();
  }

  #tellHeldEnd(): void {
    if (!this.#isEndHeld || this.#held !== null || !this.#isReading()) return;
    this.#isEndHeld = false;
    this.#tellEnd();
  }

  #tellEnd(): void {
    this.#isEndTold = true;
    this.#owner.takeEnd();
  }
}
