import type {
  BoundPort,
  Connection,
  DatagramHandler,
  Engine,
  TcpListener,
  UdpConnectOptions,
  UdpPort,
} from '../../../src/engine/engine.ts';
import { SluiceError, type ErrorCode, type ErrorSide } from '../../../src/base/errors.ts';
import { IpAddress } from '../../../src/model/address.ts';

const loopback = new IpAddress().setV4(0x7f000001);

/** A connected port that records what is sent, and receives what a test says. */
export class FakeServerPort implements UdpPort {
  readonly host = '127.0.0.1';
  readonly port = 0;
  readonly sent: string[] = [];
  isClosed = false;
  isOutdated = false;
  /** `host:port` of the server. */
  readonly server: string;
  readonly #handler: DatagramHandler;

  constructor({ host, port }: UdpConnectOptions, handler: DatagramHandler) {
    this.server = `${host}:${port}`;
    this.#handler = handler;
  }

  send(): void {
    throw new Error('a connected port was used as a bound one');
  }

  sendConnected(bytes: Buffer, start: number, end: number): void {
    this.sent.push(bytes.toString('latin1', start, end));
  }

  close(): void {
    this.isClosed = true;
  }

  /** The server sends; in the middle of a larger buffer, as engines do. */
  reply(text: string): void {
    const bytes = Buffer.from(`..${text}..`, 'latin1');
    this.#handler.onDatagram(this, bytes, 2, bytes.length - 2, loopback, 1, loopback);
  }

  fail(code: ErrorCode, side: ErrorSide): void {
    this.#handler.onError(this, new SluiceError(code, 'as the test wants', { side }));
  }
}

/** The bound port of a service: records what leaves for clients. */
export class FakeServicePort implements UdpPort {
  readonly host = '127.0.0.1';
  readonly port = 137;
  readonly isOutdated = false;
  /** `to:port text`. */
  readonly sent: string[] = [];
  /** Likewise, the addresses that they left from. */
  readonly sentFrom: string[] = [];

  send(bytes: Buffer, start: number, end: number, to: IpAddress, toPort: number, from: IpAddress): void {
    this.sent.push(`${to.toString()}:${toPort} ${bytes.toString('latin1', start, end)}`);
    this.sentFrom.push(from.toString());
  }

  sendConnected(): void {
    throw new Error('a bound port was used as a connected one');
  }

  close(): void {
    throw new Error('the port is its owner’s to close');
  }
}

/** An engine that knows connected UDP ports and nothing else. */
export class FakeUdpEngine implements Engine {
  readonly name = 'fake';
  readonly ports: FakeServerPort[] = [];
  /** `address:port` of what the process has bound. */
  readonly own = new Set(['127.0.0.1:137']);
  /** Most ports open at once. */
  mostPorts = Infinity;

  hasFlowRoom(): boolean {
    return this.open.length < this.mostPorts;
  }

  isOwnUdp(address: IpAddress, port: number): boolean {
    return this.own.has(`${address.toString()}:${port}`);
  }

  connectUdp(options: UdpConnectOptions, handler: DatagramHandler): UdpPort {
    const port = new FakeServerPort(options, handler);
    this.ports.push(port);
    return port;
  }

  get open(): readonly FakeServerPort[] {
    return this.ports.filter((port) => !port.isClosed);
  }

  listen(): Promise<TcpListener> {
    throw new Error('not here');
  }

  connect(): Connection {
    throw new Error('not here');
  }

  bindUdp(): Promise<BoundPort> {
    throw new Error('not here');
  }

  async close(): Promise<void> {}
}
