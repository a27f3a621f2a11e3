import type { RemoteInfo } from 'node:dgram';
import { SluiceError } from '../../../base/errors.ts';
import type { IpAddress } from '../../../model/address.ts';
import { formatEndpoint } from '../../../model/endpoint.ts';
import type { BoundPort, DatagramHandler, UdpBindOptions, UdpConnectOptions, UdpPort } from '../../engine.ts';
import { DatagramReceiver } from './datagram-receiver.ts';
import { DatagramSocket } from './datagram-socket.ts';
import type { Tracked } from '../../common/engine-context.ts';
import { FlowPlace } from '../../budget/flow-place.ts';
import type { PortableContext } from '../shared/portable-context.ts';
import { UdpRemote, type UdpRemoteOwner } from '../../common/udp-remote.ts';
import { refusedAsIfClosed } from '../../common/self-connection.ts';
import { bindError, datagramError } from '../../common/system-errors.ts';

/** A UDP port that talks with anyone. */
export class BoundUdpPort implements BoundPort, Tracked {
  rosterSlot = -1;
  readonly isOutdated = false;
  host: string;
  port: number;
  readonly #context: PortableContext;
  readonly #socket: DatagramSocket;
  readonly #receiver: DatagramReceiver;
  #isClosed = false;

  static async open(
    context: PortableContext,
    { host, port }: UdpBindOptions,
    handler: DatagramHandler,
  ): Promise<BoundUdpPort> {
    const socket = new DatagramSocket(host, context);
    try {
      await socket.bind(host, port);
    } catch (cause) {
      socket.system.close();
      throw bindError('UDP', host, port, cause);
    }
    return new BoundUdpPort(context, socket, handler);
  }

  private constructor(context: PortableContext, socket: DatagramSocket, handler: DatagramHandler) {
    const { address, port } = socket.system.address();
    this.host = address;
    this.port = port;
    this.#context = context;
    this.#socket = socket;
    this.#receiver = new DatagramReceiver(context, this, handler);
    this.#receiver.local.setText(address);
    if (this.#receiver.local.isUnspecified) this.#warnOfReplies();
    context.ownPorts.add(this.#receiver.local, port);
    context.budget.flows.addPort();
    socket.system.on('message', (bytes, from) => {
      this.#receiver.receive(bytes, from);
    });
    socket.system.on('error', (cause) => {
      this.#receiver.fail(datagramError(this.host, this.port, cause));
    });
    context.track(this);
  }

  get handler(): DatagramHandler {
    return this.#receiver.handler;
  }

  set handler(handler: DatagramHandler) {
    this.#receiver.handler = handler;
  }

  send(bytes: Buffer, start: number, end: number, to: IpAddress, toPort: number): void {
    if (!this.#isClosed) this.#socket.send(bytes, start, end, to, toPort);
  }

  sendConnected(): void {
    throw new SluiceError('SLUICE_ERR_STATE', 'a bound UDP port has no fixed destination; use send()');
  }

  /** Clients that use a connected socket, as most do, drop what comes from elsewhere (RFC 1122 §4.1.3.5). */
  #warnOfReplies(): void {
    const place = formatEndpoint(this.host, this.port);
    this.#context.runtime.log(
      'warn',
      `UDP replies of ${place} may leave from a different address than the client used, as the system chooses it; ` +
        'if this machine has several addresses, bind the service to one of them, or use the Linux engine',
    );
  }

  close(): void {
    this.shutDown();
  }

  shutDown(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#receiver.stop();
    this.#context.ownPorts.delete(this.#receiver.local, this.port);
    this.#context.budget.flows.removePort();
    this.#socket.system.close(() => {
      this.#context.release(this);
    });
  }
}

/** A UDP port that talks with one address. */
export class ConnectedUdpPort implements UdpPort, Tracked, UdpRemoteOwner {
  rosterSlot = -1;
  host: string;
  port = 0;
  readonly #context: PortableContext;
  readonly #options: UdpConnectOptions;
  readonly #receiver: DatagramReceiver;
  #socket: DatagramSocket | undefined = undefined;
  #isReady = false;
  #isClosed = false;
  readonly #remote: UdpRemote;
  #remoteHost = '';
  /** Taken by a port that may not use the reserve. */
  readonly #place: FlowPlace | undefined;

  constructor(context: PortableContext, options: UdpConnectOptions, handler: DatagramHandler) {
    this.host = options.localAddress ?? '';
    this.#context = context;
    this.#options = options;
    this.#receiver = new DatagramReceiver(context, this, handler);
    this.#place = options.usesReserve === true ? undefined : new FlowPlace(context.budget.flows);
    context.track(this);
    this.#remote = new UdpRemote(context.names, options, this);
    // Everything else happens on a later tick, never inside the owner's call.
    if (this.#remote.find())
      process.nextTick(() => {
        this.onRemoteFound();
      });
  }

  /** Hot path. */
  get isOutdated(): boolean {
    return this.#remote.isOutdated;
  }

  onRemoteFound(): void {
    if (this.#remote.failure !== undefined) this.#onError(this.#remote.failure);
    else if (!this.#isClosed) void this.#open(this.#remote.address).catch(this.#onError);
  }

  send(): void {
    throw new SluiceError(
      'SLUICE_ERR_STATE',
      'a connected UDP port sends to one address only; use sendConnected()',
    );
  }

  sendConnected(bytes: Buffer, start: number, end: number): void {
    if (this.#isClosed) return;
    if (this.#remote.isKeeping) this.#keep(bytes, start, end);
    if (this.#isReady) this.#socket?.sendConnected(bytes, start, end, this.#whenSent);
  }

  close(): void {
    this.shutDown();
  }

  shutDown(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#remote.close(this.#receiver.hasDelivered);
    this.#receiver.stop();
    this.#place?.end();
    if (this.#isReady) this.#context.ownPorts.delete(this.#receiver.local, this.port);
    if (this.#socket === undefined) {
      process.nextTick(() => {
        this.#context.release(this);
      });
    } else {
      this.#socket.system.close(() => {
        this.#context.release(this);
      });
    }
  }

  /** Keeps a datagram as long as it may have to be sent to another address. */
  #keep(bytes: Buffer, start: number, end: number): void {
    if (this.#receiver.hasDelivered) this.#remote.answered();
    else this.#remote.keep(bytes, start, end);
  }

  /** Anything else it says is about an address that will not do. */
  #leaveSocket(): void {
    const system = this.#socket?.system;
    this.#isReady = false;
    this.#socket = undefined;
    system?.removeAllListeners('message').removeAllListeners('error').removeAllListeners('connect');
    system?.on('error', () => undefined).close();
  }

  async #open(remote: string): Promise<void> {
    const socket = new DatagramSocket(remote, this.#context);
    this.#socket = socket;
    this.#place?.settle();
    await socket.bind(this.#options.localAddress ?? (remote.includes(':') ? '::' : '0.0.0.0'), 0);
    if (this.#isClosed) return;
    socket.system.on('message', this.#onMessage);
    socket.system.on('error', this.#onError);
    socket.system.once('connect', () => {
      this.#onReady(socket);
    });
    socket.system.connect(this.#options.port, remote);
  }

  #onReady(socket: DatagramSocket): void {
    if (this.#isClosed) return;
    const local = socket.system.address();
    this.host = local.address;
    this.port = local.port;
    this.#receiver.local.setText(local.address);
    const remote = socket.system.remoteAddress();
    if (local.port === remote.port && local.address === remote.address) {
      this.#onError(refusedAsIfClosed());
      return;
    }
    this.#context.ownPorts.add(this.#receiver.local, local.port);
    this.#remoteHost = remote.address;
    this.#isReady = true;
    for (const bytes of this.#remote.ready()) socket.sendConnected(bytes, 0, bytes.length, this.#whenSent);
  }

  /** The kernel drops what others send, but not what they sent between the bind and the connect. Hot path. */
  readonly #onMessage = (bytes: Buffer, from: RemoteInfo): void => {
    if (from.port !== this.#options.port || from.address !== this.#remoteHost) return;
    this.#receiver.receive(bytes, from);
  };

  /** Refusals come here as well as by `#onError`: the system tells the first that asks, sender or reader. */
  readonly #whenSent = (error: Error | null): void => {
    if (error !== null) this.#onError(error);
  };

  readonly #onError = (cause: unknown): void => {
    if (this.#isClosed) return;
    if (this.#remote.moveOn(cause, this.#receiver.hasDelivered)) {
      this.#leaveSocket();
      void this.#open(this.#remote.address).catch(this.#onError);
      return;
    }
    this.#receiver.fail(datagramError(this.#options.host, this.#options.port, cause));
  };
}
