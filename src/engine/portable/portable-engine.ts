import { SluiceError, type ErrorCode } from '../../base/errors.ts';
import { isIpAddress, type IpAddress } from '../../model/address.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type {
  BoundPort,
  Acceptor,
  Connection,
  ConnectionHandler,
  ConnectOptions,
  DatagramHandler,
  Engine,
  ListenOptions,
  TcpListener,
  UdpBindOptions,
  UdpConnectOptions,
  UdpPort,
} from '../engine.ts';
import { connectSocket } from './tcp/connect-socket.ts';
import type { Tracked } from '../common/engine-context.ts';
import { PortableContext } from './shared/portable-context.ts';
import { PortableListener } from './tcp/portable-listener.ts';
import { BoundUdpPort, ConnectedUdpPort } from './udp/portable-udp.ts';
import { RefusedUdpPort } from '../common/refused-udp-port.ts';
import { bindError } from '../common/system-errors.ts';

/**
 * The engine on `node:net` and `node:dgram`: runs wherever Node does. It cannot set TCP_QUICKACK, and ignores
 * `quickAck`.
 */
export class PortableEngine implements Engine {
  readonly name = 'portable';
  readonly #context: PortableContext;
  readonly #opening = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined = undefined;

  constructor(runtime: Runtime) {
    this.#context = new PortableContext(runtime);
  }

  listen(options: ListenOptions, acceptor: Acceptor): Promise<TcpListener> {
    return this.#open('TCP', options, () => PortableListener.open(this.#context, options, acceptor));
  }

  connect(options: ConnectOptions, handler: ConnectionHandler): Connection {
    const connection = connectSocket(this.#context, options, handler);
    if (this.#closing !== undefined) connection.fail(closedError('SLUICE_ERR_CONNECT'));
    return connection;
  }

  bindUdp(options: UdpBindOptions, handler: DatagramHandler): Promise<BoundPort> {
    return this.#open('UDP', options, () => BoundUdpPort.open(this.#context, options, handler));
  }

  connectUdp(options: UdpConnectOptions, handler: DatagramHandler): UdpPort {
    this.#assertOpen();
    if (options.usesReserve !== true && !this.hasFlowRoom())
      return new RefusedUdpPort(this.#context, options, handler);
    return new ConnectedUdpPort(this.#context, options, handler);
  }

  hasFlowRoom(): boolean {
    return this.#context.admitsFlow();
  }

  isOwnUdp(address: IpAddress, port: number): boolean {
    return this.#context.ownPorts.has(address, port);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#opening);
    await this.#context.shutDownAll();
  }

  /** Opens a listener or port, and closes it again where the engine was closed meanwhile. */
  async #open<T extends Tracked>(
    protocol: 'TCP' | 'UDP',
    { host, port, descriptor }: UdpBindOptions,
    begin: () => Promise<T>,
  ): Promise<T> {
    this.#assertOpen();
    if (!isIpAddress(host))
      throw bindError(protocol, host, port, new TypeError('the host is not an IP address'));
    if (descriptor !== undefined)
      throw bindError(protocol, host, port, new TypeError('this engine cannot use an existing socket'));
    const opening = begin();
    this.#opening.add(opening);
    try {
      const opened = await opening;
      if (this.#closing !== undefined) opened.shutDown();
      this.#assertOpen();
      return opened;
    } finally {
      this.#opening.delete(opening);
    }
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw closedError();
  }
}

function closedError(code: ErrorCode = 'SLUICE_ERR_STATE'): SluiceError {
  return new SluiceError(code, 'the engine is closed');
}
