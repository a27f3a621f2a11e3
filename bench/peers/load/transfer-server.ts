import { createServer, type Server, type Socket } from 'node:net';
import { parseTransferRequest, requestBytes, type Transfer } from './transfer-protocol.ts';

const block = Buffer.alloc(1 << 20, 'sluice');
const acknowledgement = Buffer.from('K');

/** Serves the transfers of `transfer-protocol.ts`. */
export function createTransferServer(): Server {
  return createServer({ allowHalfOpen: true, noDelay: true, highWaterMark: 1 << 20 }, (socket) => {
    const served = new ServedSocket(socket);
    socket.on('data', (bytes) => served.onData(bytes));
    socket.on('end', () => socket.end());
    socket.on('error', () => socket.destroy());
  });
}

class ServedSocket {
  readonly #socket: Socket;
  #line = '';
  #transfer: Transfer = 'U';
  /** Of the client's bytes, how many are still to come. */
  #remaining = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  onData(bytes: Buffer): void {
    let start = 0;
    while (start < bytes.length) {
      start = this.#remaining > 0 ? this.#takeBody(bytes, start) : this.#takeLine(bytes, start);
    }
  }

  #takeLine(bytes: Buffer, start: number): number {
    const end = Math.min(bytes.length, start + requestBytes - this.#line.length);
    this.#line += bytes.toString('latin1', start, end);
    if (this.#line.length === requestBytes) {
      const { transfer, bytes: count } = parseTransferRequest(this.#line);
      this.#line = '';
      this.#transfer = transfer;
      if (transfer === 'D') this.#send(count);
      else this.#remaining = count;
    }
    return end;
  }

  #takeBody(bytes: Buffer, start: number): number {
    const end = Math.min(bytes.length, start + this.#remaining);
    this.#remaining -= end - start;
    if (this.#transfer === 'E') this.#echo(bytes, start, end);
    else if (this.#remaining === 0) this.#socket.write(acknowledgement);
    return end;
  }

  #echo(bytes: Buffer, start: number, end: number): void {
    const socket = this.#socket;
    if (socket.write(bytes.subarray(start, end))) return;
    socket.pause();
    socket.once('drain', () => socket.resume());
  }

  #send(count: number): void {
    const length = Math.min(count, block.length);
    this.#socket.write(block.subarray(0, length), () => {
      if (count > length && !this.#socket.destroyed) this.#send(count - length);
    });
  }
}
