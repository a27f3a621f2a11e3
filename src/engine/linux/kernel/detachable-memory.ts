import type { Libc } from './libc.ts';
import { IPC_PRIVATE, IPC_RMID } from './system-constants.ts';
import { systemError } from './system-error.ts';

const ownerOnly = 0o600;

/**
 * Zeroed memory that is never handed out again once it is given back: the kernel may write to it for some time after
 * that. It is a segment of System V that nobody else can find. Only such memory goes back to the system by a call
 * with one argument, which a thread's end can make.
 */
export class DetachableMemory {
  readonly address: number;
  readonly words: Uint32Array;
  readonly #libc: Libc;
  readonly #detach: number;

  /** @throws Error of the system */
  constructor(libc: Libc, byteCount: number) {
    const { koffi, threadEnd } = libc;
    this.#libc = libc;
    this.#detach = libc.addressOf('shmdt');
    const segment = libc.shareGet(IPC_PRIVATE, byteCount, ownerOnly);
    if (segment < 0) throw systemError('shmget', libc.errno());
    this.address = libc.shareAttach(segment, 0, 0);
    if (this.address >= 0) threadEnd?.add(threadEnd.isolate, this.#detach, this.address);
    const errno = this.address < 0 ? libc.errno() : 0;
    // It lives for as long as it is attached.
    libc.shareControl(segment, IPC_RMID, 0);
    if (this.address < 0) throw systemError('shmat', errno);
    this.words = new Uint32Array(koffi.view(BigInt(this.address), byteCount));
  }

  /** Nobody may look at it afterwards. */
  giveBack(): void {
    const { threadEnd } = this.#libc;
    threadEnd?.remove(threadEnd.isolate, this.#detach, this.address);
    this.#libc.shareDetach(this.address);
  }
}
