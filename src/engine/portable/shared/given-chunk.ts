import { MessageChannel, type MessagePort } from 'node:worker_threads';

/** Smaller memory is cheaper to leave to the collector than to free, in bytes. */
const leastFreed = 16_384;

/** Since Node 21. */
interface TransferableBuffer {
  transfer?(length: number): ArrayBuffer;
}

/**
 * What a `net.Socket` or a `dgram.Socket` read into memory that Node made for this one read. Such a chunk may be sent
 * or kept without a copy. One that nobody kept is freed as soon as its handling is over. Node cannot be told where to
 * read to for a connection that it accepted. The collector looks at a heap of a few megabytes: it lets tens of
 * megabytes of chunks pile up before it frees them, and marks that heap again and again meanwhile.
 */
export class GivenChunk {
  #chunk: Buffer | null = null;
  #isKept = false;

  /** Node gave `chunk`; `release` follows once it is handled. Hot path. */
  take(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#isKept = false;
  }

  /** True for the chunk that is being handled: nobody will ever write to it, so it needs no copy. */
  is(bytes: Buffer): boolean {
    return bytes === this.#chunk;
  }

  /** Somebody needs the chunk for longer. */
  keep(): void {
    this.#isKept = true;
  }

  /** The chunk is handled: its memory is freed unless it was kept. Hot path. */
  release(): void {
    const chunk = this.#chunk;
    this.#chunk = null;
    if (chunk === null || this.#isKept || chunk.length < leastFreed) return;
    const { buffer } = chunk;
    if (buffer.byteLength === chunk.length) free(buffer as ArrayBuffer);
  }
}

/** Detaches the memory from its buffer, so that nothing refers to it any more, and frees it. */
function free(buffer: ArrayBuffer & TransferableBuffer): void {
  if (buffer.transfer !== undefined) buffer.transfer(0);
  else nowhere().postMessage(null, [buffer]);
}

let closedPort: MessagePort | undefined = undefined;

/** A closed port still takes over what is transferred to it, as the standard says, and drops it. */
function nowhere(): MessagePort {
  if (closedPort === undefined) {
    closedPort = new MessageChannel().port1;
    closedPort.close();
  }
  return closedPort;
}
