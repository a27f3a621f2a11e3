import { threadId } from 'node:worker_threads';
import type { IpAddress } from '../../model/address.ts';
import { hashWords } from '../../base/half-sip-hash.ts';
import { LocalAddresses } from './local-addresses.ts';

const portNumbers = 65_536;
/** Sockets of one number that are known by their address: services on several addresses, mostly. */
const lanes = 3;
/** Per number: owner and mark of each lane, then how many sockets found no lane; a power of two. */
const wordsPerPort = 8;
const uncountedAt = 2 * lanes;

/** The mark of a socket that is bound to all addresses. */
const allAddresses = 1;

/**
 * The UDP sockets of this process, in all threads, by address and port. What comes from one of them goes round in
 * circles: two services may forward to each other, or a service may answer itself where a datagram is forged. In
 * shared memory, without a lock: a lane is claimed for its owner, then marked with a hash of the address.
 */
export class OwnUdpPorts {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #locals: LocalAddresses;
  /** How lanes name their owner; 0 is nobody. */
  readonly #self: number;

  constructor(memory = newMemory(), self = ownerOf(threadId), locals = new LocalAddresses()) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
    this.#self = self;
    this.#locals = locals;
  }

  /** A socket of this thread is bound there. Its owner calls `delete` before it closes it. */
  add(address: IpAddress, port: number): void {
    const mark = markOf(address);
    const words = this.#words;
    for (let at = port * wordsPerPort, end = at + uncountedAt; at < end; at += 2) {
      if (Atomics.compareExchange(words, at, 0, this.#self) !== 0) continue;
      Atomics.store(words, at + 1, mark);
      return;
    }
    Atomics.add(words, port * wordsPerPort + uncountedAt, 1);
  }

  delete(address: IpAddress, port: number): void {
    const mark = markOf(address);
    const words = this.#words;
    for (let at = port * wordsPerPort, end = at + uncountedAt; at < end; at += 2) {
      if (Atomics.load(words, at) !== this.#self || Atomics.load(words, at + 1) !== mark) continue;
      clearLane(words, at);
      return;
    }
    Atomics.sub(words, port * wordsPerPort + uncountedAt, 1);
  }

  /**
   * Whether a datagram from there was sent by a socket of this process, or claims so. Where more sockets have one
   * number than there are lanes, any address of this machine counts as theirs.
   */
  has(address: IpAddress, port: number): boolean {
    const words = this.#words;
    const start = port * wordsPerPort;
    let isAnyLocal = Atomics.load(words, start + uncountedAt) > 0;
    let mark = 0;
    for (let at = start; at < start + uncountedAt; at += 2) {
      const found = Atomics.load(words, at + 1);
      if (found === 0) continue;
      mark ||= markOf(address);
      if (found === mark) return true;
      if (found === allAddresses) isAnyLocal = true;
    }
    return isAnyLocal && this.#locals.has(address);
  }

  /** A thread has ended, in whatever way, and its sockets with it. */
  clearThread(thread: number): void {
    const owner = ownerOf(thread);
    const words = this.#words;
    for (let start = 0; start < words.length; start += wordsPerPort) {
      for (let at = start; at < start + uncountedAt; at += 2) {
        if (Atomics.load(words, at) === owner) clearLane(words, at);
      }
    }
  }
}

let known: OwnUdpPorts | undefined = undefined;

/** As this thread sees them. */
export function ownUdpPorts(): OwnUdpPorts {
  known ??= new OwnUdpPorts();
  return known;
}

/** For a new thread, before it opens its first socket: what `ownUdpPorts().memory` is in the one that started it. */
export function useOwnUdpPorts(memory: SharedArrayBuffer): void {
  known = new OwnUdpPorts(memory);
}

/** Most of it is never touched, and takes no memory. */
function newMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(portNumbers * wordsPerPort * Int32Array.BYTES_PER_ELEMENT);
}

/** The mark goes first: another thread may claim a lane without an owner at once. */
function clearLane(words: Int32Array, at: number): void {
  Atomics.store(words, at + 1, 0);
  Atomics.store(words, at, 0);
}

function ownerOf(thread: number): number {
  return thread + 1;
}

function markOf(address: IpAddress): number {
  if (address.isUnspecified) return allAddresses;
  const hash = hashWords(address.w0, address.w1, address.w2, address.w3, 0, 0);
  return hash === 0 || hash === allAddresses ? -1 : hash;
}
