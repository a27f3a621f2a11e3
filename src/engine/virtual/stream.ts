import { ByteQueue } from './byte-queue.ts';
import type { Wire } from './wire.ts';

/** One end of a connection, as its streams see it. */
export interface StreamEnd {
  /** There may be something to do: bytes, an end or a reset arrived, or there is room for more bytes. */
  wake(): void;
}

/** The sizes of a stream's buffers, in bytes. */
export interface StreamBuffers {
  readonly sendBufferBytes: number;
  readonly receiveBufferBytes: number;
}

/** What travels in one segment: bytes, or else the mark of an end. */
type Segment = number | 'end' | 'reset';

/**
 * One direction of a connection, from what its sender wrote to what its receiver has not read yet: first `unsent`
 * bytes, which the sender's system holds, or its engine where they are too many; then those on their way; then those
 * that arrived. The three are lengths of one queue. What arrived and is on its way fits into the receiver's buffer.
 */
export class Stream {
  readonly #buffers: StreamBuffers;
  readonly #bytes = new ByteQueue();
  readonly #segments: Segment[] = [];
  readonly #sender: StreamEnd;
  #receiver: StreamEnd | undefined = undefined;
  #wire: Wire | undefined = undefined;
  #unsent = 0;
  #travelling = 0;
  /** When the segment that left last arrives: none overtakes another. */
  #lastDueMs = 0;
  #isOpen = false;
  #isStalled = false;
  #isEndSent = false;
  #isResetSent = false;
  /** The sender waits for room, and is woken once. */
  awaitsRoom = false;
  /** The sender ended it. */
  isEnded = false;
  /** How many bytes can be read. */
  arrived = 0;
  /** FIN arrived, behind all bytes. */
  hasEndArrived = false;
  /** RST arrived: nothing comes any more. */
  hasResetArrived = false;
  /** The receiver is gone: what arrives is dropped, and answered in this way. */
  #onUnwanted: (() => void) | undefined = undefined;
  /** Bytes that were never acknowledged, and never will be. */
  #lost = 0;

  constructor(buffers: StreamBuffers, sender: StreamEnd) {
    this.#buffers = buffers;
    this.#sender = sender;
  }

  /** True while the engine has to keep bytes that the system did not take. */
  get isKeeping(): boolean {
    return this.#unsent > this.#capacity;
  }

  /** How many more bytes the sender's system takes. */
  get room(): number {
    return Math.max(0, this.#capacity - this.#unsent);
  }

  /** Bytes that were not acknowledged: the receiver's system does that as they arrive. */
  get unacknowledged(): number {
    return this.#unsent + this.#travelling + this.#lost;
  }

  /** The other side knows of the connection. Nothing is sent before `open`. */
  connect(receiver: StreamEnd, wire: Wire): void {
    this.#receiver = receiver;
    this.#wire = wire;
  }

  /** The connection stands for the sender as well. */
  open(): void {
    this.#isOpen = true;
    this.transmit();
  }

  /** Takes a copy of bytes `start` to `end`. */
  write(bytes: Buffer, start: number, end: number): void {
    this.#bytes.add(bytes, start, end);
    this.#unsent += end - start;
    this.transmit();
  }

  /** Takes `count` of the bytes that arrived on another stream. */
  relay(from: Stream, count: number): void {
    from.#bytes.move(this.#bytes, count);
    this.#unsent += count;
    from.#noteRead(count);
    this.transmit();
  }

  /** As {@link ByteQueue.lineEnd}. */
  lineEnd(isLast: boolean, most: number): number {
    return this.#bytes.lineEnd(isLast, most);
  }

  /** Takes `count` of the bytes that arrived, and writes them to `into` from `at`. */
  read(into: Buffer, at: number, count: number): void {
    this.#bytes.read(into, at, count);
    this.#noteRead(count);
  }

  /** Takes `count` of the bytes that arrived, and forgets them. */
  skip(count: number): void {
    this.#bytes.move(new ByteQueue(), count);
    this.#noteRead(count);
  }

  /** Sends FIN after everything written. */
  end(): void {
    this.isEnded = true;
    this.transmit();
  }

  /** The sender is gone: what was not sent is dropped, and RST sent. Idempotent. */
  reset(): void {
    if (this.#isResetSent) return;
    this.#isResetSent = true;
    this.#bytes.dropLast(this.#unsent);
    this.#lost += this.#unsent;
    this.#unsent = 0;
    this.isEnded = true;
    this.#isEndSent = true;
    if (this.#wire?.isUp === true) this.#send(this.#wire, 'reset');
  }

  /** The receiver is gone, and reads nothing more. @param onUnwanted called for bytes that arrive nevertheless */
  abandon(onUnwanted: () => void): void {
    this.#onUnwanted = onUnwanted;
    this.arrived = 0;
    this.#drop();
  }

  #drop(): void {
    this.#bytes.clear();
    this.#lost += this.#unsent + this.#travelling;
    this.#unsent = 0;
    this.#travelling = 0;
  }

  /** Sends what there is room for. Hot path. */
  readonly transmit = (): void => {
    const wire = this.#wire;
    if (wire === undefined || !this.#isOpen || this.#isEndSent) return;
    if (!wire.isUp) {
      this.#stall(wire);
      return;
    }
    this.#isStalled = false;
    if (this.#onUnwanted !== undefined && this.#unsent > 0) {
      this.#drop();
      wire.carry(this.#onUnwanted);
    }
    while (this.#unsent > 0) {
      const length = Math.min(this.#unsent, this.#window, 65_536);
      if (length <= 0) break;
      this.#unsent -= length;
      this.#travelling += length;
      this.#send(wire, length);
    }
    if (this.awaitsRoom && this.room > 0) {
      this.awaitsRoom = false;
      this.#sender.wake();
    }
    if (!this.isEnded || this.#unsent > 0) return;
    this.#isEndSent = true;
    this.#send(wire, 'end');
  };

  get #capacity(): number {
    return this.#isOpen ? this.#buffers.sendBufferBytes : 0;
  }

  get #window(): number {
    return this.#buffers.receiveBufferBytes - this.arrived - this.#travelling;
  }

  #stall(wire: Wire): void {
    if (this.#isStalled) return;
    this.#isStalled = true;
    wire.whenUp(this.transmit);
  }

  #send(wire: Wire, segment: Segment): void {
    const { agenda } = wire;
    const nowMs = agenda.clock.nowMs();
    this.#lastDueMs = Math.max(this.#lastDueMs, nowMs + wire.delayMs());
    this.#segments.push(segment);
    if (this.#lastDueMs === nowMs && this.#segments.length === 1) this.#arrive();
    else agenda.after(this.#lastDueMs - nowMs, this.#arrive);
  }

  readonly #arrive = (): void => {
    const segment = this.#segments.shift();
    if (segment === 'reset') this.hasResetArrived = true;
    else if (this.hasResetArrived) return;
    else if (this.#onUnwanted !== undefined) {
      if (segment !== 'end') this.#onUnwanted();
      return;
    } else if (segment === 'end') this.hasEndArrived = true;
    else if (segment !== undefined) {
      this.#travelling -= segment;
      this.arrived += segment;
    }
    this.#receiver?.wake();
  };

  /** There is room again; the sender hears of it once that is worth a segment. */
  #noteRead(count: number): void {
    this.arrived -= count;
    if (this.#unsent > 0 && this.#window * 2 >= this.#buffers.receiveBufferBytes) this.transmit();
  }
}
