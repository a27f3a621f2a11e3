import type { Libc } from '../kernel/libc.ts';
import { CLOEXEC, F_GETPIPE_SZ, F_SETPIPE_SZ, NONBLOCK } from '../kernel/system-constants.ts';

/** Sizes to ask for, in bytes. The first is the most that any user gets by default; see pipe(7). */
const wantedSizes = [1_048_576, 262_144];
/** Below this, moving bytes through a pipe costs more than it saves. */
const smallestSize = 65_536;
/** Emptied pipes that are kept for the next relay. */
const maxIdle = 16;

/** Holds bytes in the kernel on their way from one socket to another. */
export interface Pipe {
  readonly readEnd: number;
  readonly writeEnd: number;
  readonly size: number;
}

/** Pipes for relays, to be used again. Who took a pipe owns it until it is given back or destroyed. */
export class PipePool {
  readonly #libc: Libc;
  readonly #closeDescriptor: (descriptor: number) => void;
  readonly #mayKeep: () => boolean;
  readonly #idle: Pipe[] = [];
  readonly #descriptors = new Int32Array(2);

  /** @param mayKeep whether descriptors may be held in advance */
  constructor(libc: Libc, closeDescriptor: (descriptor: number) => void, mayKeep: () => boolean) {
    this.#libc = libc;
    this.#mayKeep = mayKeep;
    this.#closeDescriptor = closeDescriptor;
  }

  /** @returns an empty pipe; undefined where no descriptor or no room for pipes is left */
  take(): Pipe | undefined {
    return this.#idle.pop() ?? this.#make();
  }

  /** @param pipe which must be empty */
  giveBack(pipe: Pipe): void {
    if (this.#idle.length < maxIdle && this.#mayKeep()) this.#idle.push(pipe);
    else this.destroy(pipe);
  }

  destroy(pipe: Pipe): void {
    this.#closeDescriptor(pipe.readEnd);
    this.#closeDescriptor(pipe.writeEnd);
  }

  destroyIdle(): void {
    for (const pipe of this.#idle.splice(0)) this.destroy(pipe);
  }

  #make(): Pipe | undefined {
    const libc = this.#libc;
    if (libc.pipe(this.#descriptors, NONBLOCK | CLOEXEC) < 0) return undefined;
    const [readEnd = -1, writeEnd = -1] = this.#descriptors;
    // The sum per user is limited as well: take what is granted.
    wantedSizes.some((wanted) => libc.setPipeSize(writeEnd, F_SETPIPE_SZ, wanted) >= 0);
    const pipe = { readEnd, writeEnd, size: libc.setPipeSize(writeEnd, F_GETPIPE_SZ, 0) };
    if (pipe.size >= smallestSize) return pipe;
    this.destroy(pipe);
    return undefined;
  }
}
