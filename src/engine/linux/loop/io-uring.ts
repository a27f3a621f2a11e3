import { DetachableMemory } from '../kernel/detachable-memory.ts';
import type { Libc } from '../kernel/libc.ts';
import { ENTER_GETEVENTS, OP_NOP, SETUP_NO_MMAP, SETUP_SUBMIT_ALL } from '../kernel/system-constants.ts';
import { systemError } from '../kernel/system-error.ts';

/** Calls at once. With so many, submissions and completions take a page each, and need no memory in one piece. */
export const maxCalls = 64;

/** As large as pages are anywhere. */
const pageBytes = 65_536;

/** Words of `struct io_uring_params`. */
const parameterWords = 30;
const setupFlagsWord = 2;
/** Where the words of the ring of submissions are, */
const submissionTailWord = 11;
const submissionMaskWord = 12;
const submissionArrayWord = 16;
const submissionEntriesWord = 18;
/** and of the one of completions. */
const completionHeadWord = 20;
const completionTailWord = 21;
const completionMaskWord = 22;
const completionEntriesWord = 25;
const ringWord = 28;

/** Words of a submission and of a completion are 2 to the power of these. */
const submissionBits = 4;
const completionBits = 2;

/**
 * An io_uring: makes many calls with one system call. They are made while `submit` runs, in the order they were
 * added, and their flags keep them from waiting. So it makes calls but tells no events, and no call is ever under way
 * outside of `submit`.
 */
export class IoUring {
  /** Calls that were added since the last `submit`. */
  count = 0;
  readonly #libc: Libc;
  readonly #memory: DetachableMemory;
  readonly #descriptor: number;
  readonly #results = new Int32Array(maxCalls);
  /** All of the memory; everything below is an index of it. */
  readonly #words: Uint32Array;
  readonly #submissions: number;
  readonly #submissionTail: number;
  readonly #submissionMask: number;
  readonly #completions: number;
  readonly #completionHead: number;
  readonly #completionTail: number;
  readonly #completionMask: number;
  #tail = 0;
  #head = 0;

  /** @throws Error where this machine has none: before Linux 6.5, or where it is not allowed */
  constructor(libc: Libc) {
    this.#libc = libc;
    this.#memory = new DetachableMemory(libc, 3 * pageBytes);
    const { address, words } = this.#memory;
    this.#words = words;
    const submissions = Math.ceil(address / pageBytes) * pageBytes;
    const ring = submissions + pageBytes;
    const indexOf = (place: number): number => (place - address) / 4;
    const parameters = new Uint32Array(parameterWords);
    parameters[setupFlagsWord] = SETUP_NO_MMAP | SETUP_SUBMIT_ALL;
    setAddress(parameters, submissionEntriesWord, submissions);
    setAddress(parameters, ringWord, ring);
    this.#descriptor = libc.ioUringSetup(maxCalls, parameters);
    if (this.#descriptor < 0) {
      const error = systemError('io_uring_setup', libc.errno());
      this.#memory.giveBack();
      throw error;
    }
    const at = (word: number): number => indexOf(ring + (parameters[word] ?? 0));
    this.#submissions = indexOf(submissions);
    this.#submissionTail = at(submissionTailWord);
    this.#submissionMask = words[at(submissionMaskWord)] ?? 0;
    this.#completions = at(completionEntriesWord);
    this.#completionHead = at(completionHeadWord);
    this.#completionTail = at(completionTailWord);
    this.#completionMask = words[at(completionMaskWord)] ?? 0;
    for (let entry = 0; entry < maxCalls; entry++) words[at(submissionArrayWord) + entry] = entry;
    this.#try();
  }

  /** At most `maxCalls` times between two of `submit`. Hot path. */
  add(operation: number, descriptor: number, address: number, length: number, flags: number): void {
    const words = this.#words;
    const at = this.#submissions + ((this.#tail & this.#submissionMask) << submissionBits);
    words[at] = operation;
    words[at + 1] = descriptor;
    words[at + 4] = address >>> 0;
    words[at + 5] = Math.floor(address / 2 ** 32);
    words[at + 6] = length;
    words[at + 7] = flags;
    words[at + 8] = this.count++;
    this.#tail = (this.#tail + 1) >>> 0;
  }

  /**
   * Makes the calls that were added, unless they are fewer than that.
   *
   * @returns how many of them, from the first; all others are forgotten: the kernel may have no memory. Hot path.
   */
  submit(fewest: number): number {
    const { count } = this;
    const words = this.#words;
    this.count = 0;
    const made = count >= fewest ? this.#enter(count) : 0;
    if (made < count) {
      this.#tail = (this.#tail + made - count) >>> 0;
      words[this.#submissionTail] = this.#tail;
    }
    for (let done = 0; done < made; done++) this.#complete();
    words[this.#completionHead] = this.#head;
    return made;
  }

  /** What a call has returned, counted from 0 in the last `submit`, or a negated error number. Hot path. */
  result(index: number): number {
    return this.#results[index] ?? 0;
  }

  close(): void {
    this.#libc.close(this.#descriptor);
    this.#memory.giveBack();
  }

  /** @returns how many calls were made. Hot path. */
  #enter(count: number): number {
    this.#words[this.#submissionTail] = this.#tail;
    return Math.max(this.#libc.ioUringEnter(this.#descriptor, count, 0, 0), 0);
  }

  #complete(): void {
    const words = this.#words;
    // A call that does not wait is complete by now; this is for a kernel that thinks otherwise.
    while (words[this.#completionTail] === this.#head)
      this.#libc.ioUringEnter(this.#descriptor, 0, 1, ENTER_GETEVENTS);
    const at = this.#completions + ((this.#head & this.#completionMask) << completionBits);
    this.#results[words[at] ?? 0] = (words[at + 2] ?? 0) | 0;
    this.#head = (this.#head + 1) >>> 0;
  }

  #try(): void {
    this.add(OP_NOP, -1, 0, 0, 0);
    if (this.submit(1) === 1 && this.result(0) === 0) return;
    this.close();
    throw new Error('io_uring_enter failed');
  }
}

function setAddress(words: Uint32Array, index: number, address: number): void {
  words[index] = address >>> 0;
  words[index + 1] = Math.floor(address / 2 ** 32);
}
