import { EventEmitter } from 'node:events';
import type { Connection, ConnectionHandler } from '../../../src/engine/engine.ts';
import type { SluiceError } from '../../../src/base/errors.ts';

/** What a test uses of a `net.Socket` with half-open allowed, on a connection of a virtual network. */
export class VirtualSocket extends EventEmitter implements ConnectionHandler {
  #connection: (Connection & { readonly unacknowledgedBytes?: number }) | undefined = undefined;

  /** The connection is this socket's. As with Node.js, it is read from the first listener on. */
  use(connection: Connection): void {
    this.#connection = connection;
    connection.pause();
    this.on('newListener', this.#awaitListener);
  }

  get localPort(): number | undefined {
    return this.#connection?.localPort;
  }

  get remotePort(): number | undefined {
    return this.#connection?.remotePort;
  }

  get writableLength(): number {
    return this.#connection?.unacknowledgedBytes ?? 0;
  }

  write(data: Buffer | string): boolean {
    const bytes = Buffer.from(data);
    return this.#connection?.write(bytes, 0, bytes.length) ?? false;
  }

  end(data: Buffer | string = ''): void {
    this.write(data);
    this.#connection?.end();
    setImmediate(() => this.emit('finish'));
  }

  destroy(): void {
    this.#connection?.close();
  }

  pipe(to: VirtualSocket): void {
    this.on('data', (bytes: Buffer) => to.write(bytes));
    this.on('end', () => {
      to.end();
    });
  }

  pause(): void {
    this.#connection?.pause();
  }

  resume(): void {
    this.#connection?.resume();
  }

  resetAndDestroy(): void {
    this.#connection?.reset();
  }

  onConnect(): void {
    this.emit('connect');
  }

  onData(_connection: Connection, bytes: Buffer, start: number, end: number): void {
    this.emit('data', Buffer.from(bytes.subarray(start, end)));
  }

  onEnd(): void {
    this.emit('end');
  }

  onDrain(): void {
    this.emit('drain');
  }

  onRelayed(): void {
    throw new Error('nothing is relayed here');
  }

  onClose(_connection: Connection, error: SluiceError | undefined): void {
    if (error !== undefined) this.emit('error', error.cause);
    this.emit('close');
  }

  readonly #awaitListener = (event: string): void => {
    if (event === 'data') this.resume();
  };
}
