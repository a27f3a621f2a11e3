import { IoUring, maxCalls } from './io-uring.ts';
import { reasonOf } from '../kernel/koffi.ts';
import type { Libc } from '../kernel/libc.ts';
import type { NativeMemory } from '../kernel/native-memory.ts';
import { ReadAhead, readSize } from './read-ahead.ts';
import { MSG_DONTWAIT, MSG_NOSIGNAL, OP_RECV, OP_SEND } from '../kernel/system-constants.ts';

/** For one receipt. A power of two would put all of them into the same cache lines. */
const placeBytes = readSize + 192;
/** What goes out from other memory is copied up to this size: heads of messages, mostly. */
const largestCopy = 4_096;
/** In the memory of the calls, what is received alone is at the start; then come these places, then the copies. */
const placesStart = readSize;
const copiesStart = placesStart + maxCalls * placeBytes;
/** How much of that memory a batch needs, one receipt alone included. */
export const callBytes = copiesStart + maxCalls * largestCopy;

/** What a batch receives for. Called while it receives: nothing may be added then. */
export interface Reader {
  readonly descriptor: number;
  /** @param ahead what was received, in the memory of the calls until the batch ends */
  onReceived(ahead: ReadAhead): void;
  /** The batch ends: what was not handed on has to be kept elsewhere. */
  onBatchEnd(ahead: ReadAhead): void;
}

/** What a batch sends for; as {@link Reader}. */
export interface Sender {
  readonly descriptor: number;
  /** @param count of the bytes `start` to `end` that were sent, or a negated error number */
  onSent(count: number, bytes: Buffer, start: number, end: number): void;
}

/** Sends at once. @returns how many bytes the kernel took, or a negated error number */
interface Alone {
  send(descriptor: number, bytes: Buffer, start: number, end: number): number;
}

/**
 * The receipts and sends of one turn, with a system call for many of each, where there is io_uring:
 *
 *     open ──▶ receive for all that are ready ──▶ they hand on, which adds sends ──▶ send all ──▶ end
 *
 * What is received has a place of its own until the end, so that it can be sent from there. One call alone costs less
 * outside, so nothing is received for one reader, and one send is made at once.
 */
export class CallBatch {
  /** Why there is no io_uring; undefined where there is. */
  readonly problem: string | undefined = undefined;
  /** A waiting send uses the place for what is received alone. */
  usesStart = false;
  #isOpen = false;
  readonly #alone: Alone;
  readonly #memory: NativeMemory;
  readonly #uring: IoUring | undefined = undefined;
  /** At least so many calls are made together. */
  readonly #fewest: number;
  readonly #readers = listOf<Reader>();
  readonly #receipts = Array.from({ length: maxCalls }, () => new ReadAhead());
  #readerCount = 0;
  readonly #senders = listOf<Sender>();
  /** What they send. */
  readonly #sources = listOf<Buffer>();
  readonly #starts = new Int32Array(maxCalls);
  readonly #ends = new Int32Array(maxCalls);
  #nextCopy = copiesStart;

  /** @param memory of the calls: `callBytes` */
  constructor(libc: Libc, alone: Alone, memory: NativeMemory) {
    this.#alone = alone;
    this.#memory = memory;
    const mode = process.env['SLUICE_IO_URING'];
    this.#fewest = mode === 'always' ? 1 : 2;
    try {
      if (mode === 'off') throw new Error('SLUICE_IO_URING is off');
      this.#uring = new IoUring(libc);
    } catch (error) {
      this.problem = reasonOf(error);
    }
  }

  /**
   * @param count of what there is to do in this turn
   * @returns false where it is not worth it, or cannot be. Hot path.
   */
  open(count: number): boolean {
    if (count >= this.#fewest && this.#uring !== undefined) this.#isOpen = true;
    return this.#isOpen;
  }

  /** Receives with `receiveAll`, where there is a place for it. Hot path. */
  addReceive(reader: Reader, length: number): void {
    const call = this.#readerCount;
    const ahead = this.#receipts[call];
    if (ahead === undefined) return;
    this.#readerCount += 1;
    this.#readers[call] = reader;
    ahead.start = placesStart + call * placeBytes;
    ahead.length = length;
    this.#uring?.add(OP_RECV, reader.descriptor, this.#memory.address + ahead.start, length, MSG_DONTWAIT);
  }

  /** Hot path. */
  receiveAll(): void {
    if (this.#uring === undefined || this.#readerCount === 0) return;
    const made = this.#uring.submit(this.#fewest);
    for (let call = 0; call < made; call++) {
      const ahead = this.#receipts[call];
      if (ahead === undefined) continue;
      ahead.count = this.#uring.result(call);
      this.#readers[call]?.onReceived(ahead);
    }
  }

  /** Sends with the next `flush`. @returns false where it is not open, or the bytes are too many. Hot path. */
  addSend(sender: Sender, bytes: Buffer, start: number, end: number): boolean {
    const { address, bytes: own } = this.#memory;
    if (bytes === own) return this.addSendFrom(address, sender, bytes, start, end);
    const length = end - start;
    if (!this.#isOpen || length > largestCopy) return false;
    if (this.#nextCopy + length > callBytes) this.flush();
    const at = this.#nextCopy;
    this.#nextCopy += length;
    bytes.copy(own, at, start, end);
    return this.addSendFrom(address, sender, own, at, at + length);
  }

  /**
   * As `addSend`, without a copy.
   *
   * @param address where `bytes` are, which stay as they are until the next `flush`. Hot path.
   */
  addSendFrom(address: number, sender: Sender, bytes: Buffer, start: number, end: number): boolean {
    const uring = this.#uring;
    if (!this.#isOpen || uring === undefined) return false;
    if (uring.count === maxCalls) this.#sendAll(uring);
    const call = uring.count;
    this.#senders[call] = sender;
    this.#sources[call] = bytes;
    this.#starts[call] = start;
    this.#ends[call] = end;
    if (start < placesStart) this.usesStart = true;
    uring.add(OP_SEND, sender.descriptor, address + start, end - start, MSG_DONTWAIT | MSG_NOSIGNAL);
    return true;
  }

  /** Makes all sends that were added. Hot path. */
  flush(): void {
    if (this.#uring === undefined || this.#uring.count === 0) return;
    this.#sendAll(this.#uring);
    this.#nextCopy = copiesStart;
    this.usesStart = false;
  }

  /** Hot path. */
  end(): void {
    if (!this.#isOpen) return;
    this.flush();
    this.#isOpen = false;
    for (let call = 0; call < this.#readerCount; call++) {
      const ahead = this.#receipts[call];
      if (ahead !== undefined) this.#readers[call]?.onBatchEnd(ahead);
      this.#readers[call] = undefined;
    }
    this.#readerCount = 0;
  }

  dispose(): void {
    this.#uring?.close();
  }

  #sendAll(uring: IoUring): void {
    const { count } = uring;
    const made = uring.submit(this.#fewest);
    for (let call = 0; call < count; call++) {
      const sender = this.#senders[call];
      const bytes = this.#sources[call];
      const start = this.#starts[call] ?? 0;
      const end = this.#ends[call] ?? 0;
      this.#senders[call] = undefined;
      if (sender === undefined || bytes === undefined) continue;
      const result =
        call < made ? uring.result(call) : this.#alone.send(sender.descriptor, bytes, start, end);
      sender.onSent(result, bytes, start, end);
    }
  }
}

function listOf<T>(): (T | undefined)[] {
  return new Array<T | undefined>(maxCalls).fill(undefined);
}
