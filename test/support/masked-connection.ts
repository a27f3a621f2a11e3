import type { SluiceError } from '../../src/base/errors.ts';
import type { Connection, ConnectionHandler } from '../../src/engine/engine.ts';
import { ForeignDestination, type ForeignSource } from '../../src/engine/common/foreign-destination.ts';
import type { IpAddress } from '../../src/model/address.ts';

/** Every byte with some bits turned over; twice, and it is as before. */
export function masked(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((value) => value ^ 0x5a));
}

/**
 * A connection inside another one, as TLS has it, with the simplest cipher there is. What follows a relay with a limit
 * is told at once, paused or not.
 */
export class MaskedConnection implements Connection, ConnectionHandler, ForeignSource {
  handler: ConnectionHandler;
  readonly #inner: Connection;
  #to: ForeignDestination | undefined = undefined;
  #left = 0;
  #isPaused = true;

  constructor(inner: Connection) {
    this.handler = inner.handler;
    this.#inner = inner;
    inner.handler = this;
  }

  get remoteAddress(): IpAddress {
    return this.#inner.remoteAddress;
  }

  get remotePort(): number {
    return this.#inner.remotePort;
  }

  get localAddress(): IpAddress {
    return this.#inner.localAddress;
  }

  get localPort(): number {
    return this.#inner.localPort;
  }

  get bytesRead(): number {
    return this.#inner.bytesRead;
  }

  get bytesWritten(): number {
    return this.#inner.bytesWritten;
  }

  get unacknowledgedBytes(): number {
    return this.#inner.unacknowledgedBytes;
  }

  get lastActiveMs(): number {
    return this.#inner.lastActiveMs;
  }

  get isClosed(): boolean {
    return this.#inner.isClosed;
  }

  get isOutdated(): boolean {
    return this.#inner.isOutdated;
  }

  hasArrivals(): boolean {
    return this.#inner.hasArrivals();
  }

  write(bytes: Buffer, start: number, end: number): boolean {
    return this.#inner.write(masked(bytes.subarray(start, end)), 0, end - start);
  }

  pause(): void {
    this.#isPaused = true;
    this.#inner.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#inner.resume();
  }

  end(): void {
    this.#inner.end();
  }

  close(): void {
    this.#inner.close();
  }

  reset(): void {
    this.#inner.reset();
  }

  relay(to: Connection, limit = Infinity): void {
    this.#stopRelay();
    if (this.isClosed || to.isClosed) {
      this.pause();
      return;
    }
    this.#to = new ForeignDestination(to, this);
    this.#left = limit;
    this.resume();
  }

  onRoom(): void {
    if (!this.#isPaused) this.#inner.resume();
  }

  onDestinationGone(): void {
    this.pause();
    this.#stopRelay();
  }

  #stopRelay(): void {
    this.#to?.leave();
    this.#to = undefined;
  }

  onConnect(): void {
    this.handler.onConnect(this);
  }

  onData(_inner: Connection, bytes: Buffer, start: number, end: number): void {
    const clear = masked(bytes.subarray(start, end));
    const relayed = this.#to === undefined ? 0 : Math.min(this.#left, clear.length);
    if (relayed > 0) this.#handOn(clear, relayed);
    if (relayed < clear.length) this.handler.onData(this, clear, relayed, clear.length);
  }

  #handOn(bytes: Buffer, length: number): void {
    this.#to?.send(bytes, 0, length);
    if (this.#to?.isBusy === true) this.#inner.pause();
    this.#left -= length;
    if (this.#left > 0) return;
    this.#stopRelay();
    this.#inner.resume();
    this.handler.onRelayed(this);
  }

  onEnd(): void {
    this.#stopRelay();
    this.handler.onEnd(this);
  }

  onDrain(): void {
    this.handler.onDrain(this);
  }

  onRelayed(): void {
    // What is inside is never relayed by itself.
  }

  onClose(_inner: Connection, error: SluiceError | undefined): void {
    this.#stopRelay();
    this.handler.onClose(this, error);
  }
}
