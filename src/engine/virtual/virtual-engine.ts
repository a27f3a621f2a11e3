import { SluiceError, type ErrorCode } from '../../base/errors.ts';
import { IpAddress } from '../../model/address.ts';
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
import { bindError } from '../common/system-errors.ts';
import { Dialer } from './dialer.ts';
import { networkError } from './network-error.ts';
import type { PortTable } from './port-table.ts';
import { BoundVirtualPort } from './bound-virtual-port.ts';
import { ConnectedVirtualPort } from './connected-virtual-port.ts';
import { VirtualConnection } from './virtual-connection.ts';
import type { VirtualContext } from './virtual-context.ts';
import { VirtualListener } from './virtual-listener.ts';

/** An engine in memory: what one host of a `VirtualNetwork` does there. `quickAck` means nothing to it. */
export class VirtualEngine implements Engine {
  readonly name = 'virtual';
  readonly #context: VirtualContext;
  #closing: Promise<void> | undefined = undefined;

  /** @internal use `VirtualNetwork.engine` */
  constructor(context: VirtualContext) {
    this.#context = context;
  }

  async listen(options: ListenOptions, acceptor: Acceptor): Promise<TcpListener> {
    this.#assertOpen();
    const context = this.#context;
    const { address, port } = chosenEnd('TCP', options, context, context.host.tcp);
    const listener = new VirtualListener(context, { ...options, port }, address, acceptor);
    await Promise.resolve();
    this.#assertOpen();
    return listener;
  }

  connect(options: ConnectOptions, handler: ConnectionHandler): Connection {
    const { host, port } = options;
    const connection = new VirtualConnection(this.#context, { host, port }, handler);
    const address = IpAddress.parse(host);
    if (address !== undefined) connection.remoteAddress.set(address.w0, address.w1, address.w2, address.w3);
    connection.remotePort = port;
    const dialer = new Dialer(this.#context, connection, options);
    if (this.#closing === undefined) dialer.start();
    else {
      connection.fail(closedError('SLUICE_ERR_CONNECT'));
      connection.shutDown();
    }
    return connection;
  }

  async bindUdp(options: UdpBindOptions, handler: DatagramHandler): Promise<BoundPort> {
    this.#assertOpen();
    const context = this.#context;
    const { address, port } = chosenEnd('UDP', options, context, context.host.udp);
    const bound = new BoundVirtualPort(context, address, port, handler);
    await Promise.resolve();
    this.#assertOpen();
    return bound;
  }

  connectUdp(options: UdpConnectOptions, handler: DatagramHandler): UdpPort {
    this.#assertOpen();
    return new ConnectedVirtualPort(this.#context, options, handler);
  }

  hasFlowRoom(): boolean {
    return this.#context.admitsFlow();
  }

  isOwnUdp(address: IpAddress, port: number): boolean {
    return this.#context.host.has(address) && this.#context.ownUdp.find(address, port) !== undefined;
  }

  /** The network need not run for this. */
  close(): Promise<void> {
    this.#closing ??= this.#context.shutDownAll();
    return this.#closing;
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw closedError();
  }
}

/** The address and port to bind. @throws SluiceError where they cannot be */
function chosenEnd<Owner>(
  protocol: 'TCP' | 'UDP',
  { host, port, descriptor }: UdpBindOptions,
  context: VirtualContext,
  ports: PortTable<Owner>,
): { address: IpAddress; port: number } {
  const address = IpAddress.parse(host);
  const refusal = (cause: Error): SluiceError => bindError(protocol, host, port, cause);
  if (address === undefined) throw refusal(new TypeError('the host is not an IP address'));
  if (descriptor !== undefined) throw refusal(new TypeError('this engine cannot use an existing socket'));
  if (!(Number.isInteger(port) && port >= 0 && port <= 65_535))
    throw refusal(new RangeError('the port is not from 0 to 65535'));
  if (!address.isUnspecified && !context.host.has(address))
    throw refusal(networkError('EADDRNOTAVAIL', 'bind'));
  if (port > 0 && ports.isTaken(address, port)) throw refusal(networkError('EADDRINUSE', 'bind'));
  const chosen = port === 0 ? ports.findFree() : port;
  if (chosen === undefined) throw refusal(networkError('EADDRINUSE', 'bind'));
  return { address, port: chosen };
}

function closedError(code: ErrorCode = 'SLUICE_ERR_STATE'): SluiceError {
  return new SluiceError(code, 'the engine is closed');
}
