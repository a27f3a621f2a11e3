import type { Socket } from 'node:net';
import { Condition } from './condition.ts';

/** The far end of an engine's connection: a plain `net.Socket`, half-open allowed, with what it received. */
export class OtherSide {
  readonly socket: Socket;
  byteCount = 0;
  hasEnded = false;
  isClosed = false;
  errorCode: string | undefined = undefined;
  readonly #chunks: Buffer[] = [];
  readonly #condition = new Condition();

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('end', () => {
      this.hasEnded = true;
      this.#condition.changed();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.errorCode = error.code;
    });
    socket.on('close', () => {
      this.isClosed = true;
      this.#condition.changed();
    });
    socket.on('data', (chunk: Buffer) => {
      this.byteCount += chunk.length;
      this.#chunks.push(chunk);
      this.#condition.changed();
    });
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return this.bytes.toString('latin1');
  }

  send(bytes: Buffer | string): void {
    this.socket.write(bytes);
  }

  untilBytes(count: number): Promise<void> {
    return this.#condition.until(() => this.byteCount >= count);
  }

  untilEnd(): Promise<void> {
    return this.#condition.until(() => this.hasEnded);
  }

  /**
   * Until the connection is found reset. Node takes a reset right behind data for FIN, and reads no further
   * after a FIN; then writing tells: on a connection that lives this waits for ever.
   */
  async untilReset(): Promise<void> {
    await this.#condition.until(() => this.hasEnded || this.isClosed);
    if (!this.isClosed) this.send('?');
    await this.untilClose();
  }

  /** True where the far end is known to have reset the connection. */
  get wasReset(): boolean {
    return this.errorCode === 'ECONNRESET' || this.errorCode === 'EPIPE';
  }

  untilClose(): Promise<void> {
    return this.#condition.until(() => this.isClosed);
  }
}
