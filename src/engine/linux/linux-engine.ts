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
import type { Tracked } from '../common/engine-context.ts';
import { RefusedUdpPort } from '../common/refused-udp-port.ts';
import { bindError } from '../common/system-errors.ts';
import { BoundUdpPort } from './udp/bound-udp-port.ts';
import { ConnectedUdpPort } from './udp/connected-udp-port.ts';
import { loadLibc } from './kernel/libc.ts';
import { LinuxConnection } from './tcp/linux-connection.ts';
import { LinuxContext } from './shared/linux-context.ts';
import { LinuxListener } from './tcp/linux-listener.ts';

/**
 * The engine on the system calls of Linux: epoll, splice, recvmmsg and sendmmsg, on the event loop of the
 * thread that makes it. Its descriptors are unknown to Node; whatever ends, they are closed here, or in a worker
 * thread by its clean-up hooks.
 */
export class LinuxEngine implements Engine {
  readonly name = 'linux';
  readonly #context: LinuxContext;
  #closing: Promise<void> | undefined = undefined;

  /** @throws Error where this machine cannot have it, and why */
  constructor(runtime: Runtime) {
    this.#context = new LinuxContext(runtime, loadLibc());
  }

  /** Why it makes system calls one by one; undefined where it has io_uring. */
  get batchProblem(): string | undefined {
    return this.#context.calls.batch.problem;
  }

  listen(options: ListenOptions, acceptor: Acceptor): Promise<TcpListener> {
    return this.#open('TCP', options, () => new LinuxListener(this.#context, options, acceptor));
  }

  connect(options: ConnectOptions, handler: ConnectionHandler): Connection {
    const connection = new LinuxConnection(this.#context, options, options.quickAck ?? true, handler);
    if (this.#closing === undefined) connection.connect();
    else connection.fail(closedError('SLUICE_ERR_CONNECT'));
    return connection;
  }

  bindUdp(options: UdpBindOptions, handler: DatagramHandler): Promise<BoundPort> {
    return this.#open('UDP', options, () => new BoundUdpPort(this.#context, options, handler));
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
    await this.#context.shutDownAll();
    this.#context.dispose();
  }

  /** Opens a listener or port at once, and closes it again where the engine was closed before that was told. */
  async #open<T extends Tracked>(
    protocol: 'TCP' | 'UDP',
    { host, port }: UdpBindOptions,
    open: () => T,
  ): Promise<T> {
    this.#assertOpen();
    if (!isIpAddress(host))
      throw bindError(protocol, host, port, new TypeError('the host is not an IP address'));
    const opened = open();
    await Promise.resolve();
    this.#assertOpen();
    return opened;
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw closedError();
  }
}

function closedError(code: ErrorCode = 'SLUICE_ERR_STATE'): SluiceError {
  return new SluiceError(code, 'the engine is closed');
}
