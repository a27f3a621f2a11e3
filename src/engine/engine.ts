// Over 250 lines because it is one contract, and most of it is documentation.
import type { SluiceError } from '../base/errors.ts';
import type { IpAddress } from '../model/address.ts';

/**
 * The I/O that data paths stand on. One contract suite (`test/contract/engine`) runs over every engine; both behave
 * alike, down to event, error code, FIN and RST, and differ only in speed.
 *
 * Handlers are called on the thread that made the engine, and never from inside a call of the owner
 * (`connect`, `write`, `reset`, …): an engine does not re-enter its caller. A handler that throws is a fault
 * of Sluice; the engine resets that connection, closes it with `SLUICE_ERR_INTERNAL` and goes on.
 */
export interface Engine {
  /** `portable`, `linux`, … */
  readonly name: string;

  /**
   * Listens for TCP connections.
   *
   * @throws SluiceError `SLUICE_ERR_ADDRESS_IN_USE`, `SLUICE_ERR_ADDRESS_NOT_AVAILABLE` (names the address),
   * `SLUICE_ERR_PERMISSION` (names the capability) or `SLUICE_ERR_LISTEN`
   */
  listen(options: ListenOptions, acceptor: Acceptor): Promise<TcpListener>;

  /**
   * Starts to connect; the outcome comes as `onConnect` or as `onClose` with an error. The caller sets the
   * time limit by `reset()`. The connection reads from the moment it stands.
   */
  connect(options: ConnectOptions, handler: ConnectionHandler): Connection;

  /**
   * Binds a UDP port, never shared with another socket (no `SO_REUSEADDR`).
   *
   * @throws SluiceError as `listen`
   */
  bindUdp(options: UdpBindOptions, handler: DatagramHandler): Promise<BoundPort>;

  /**
   * A UDP port of its own number that talks with one address only: the kernel drops what others send to it.
   * Datagrams sent before the port is ready wait, 16 at most. A failure to open comes as `onError`.
   */
  connectUdp(options: UdpConnectOptions, handler: DatagramHandler): UdpPort;

  /**
   * Whether there is a descriptor for one more flow: a connected port that may not use the reserve. Without this
   * method, there always is.
   */
  hasFlowRoom?(): boolean;

  /**
   * Whether a UDP port of this process has that address and number, in any thread and of any engine: a datagram from
   * there goes round in circles. Without this method, that is not known.
   */
  isOwnUdp?(address: IpAddress, port: number): boolean;

  /** Resets every connection and closes every listener and port. Idempotent; a closed engine stays closed. */
  close(): Promise<void>;
}

/** How connections are accepted. */
export interface AcceptOptions {
  /** Connections that wait for accept. @default 511 */
  readonly backlog?: number;
  /** Acknowledge at once (TCP_QUICKACK) to senders that wait for it, where the engine can. @default true */
  readonly quickAck?: boolean;
}

/** Where and how to listen. */
export interface ListenOptions extends AcceptOptions {
  /** An IP address of this machine; `0.0.0.0` or `::` for all. */
  readonly host: string;
  /** 0 to 65535; 0 takes a free one. */
  readonly port: number;
  /**
   * A listening socket of this process to accept from instead, which stays its owner's: the engine works on a
   * duplicate. Only the Linux engine can.
   */
  readonly descriptor?: number;
}

/** Where to connect to, and from. */
export interface ConnectOptions {
  /**
   * An IP address or a host name, which the engine resolves. The addresses of a name are tried one after the other
   * until one takes the connection; one that stays silent for a second is left for the next.
   */
  readonly host: string;
  readonly port: number;
  /** Source address to connect from. */
  readonly localAddress?: string;
  /** As in {@link ListenOptions}. */
  readonly quickAck?: boolean;
}

/** A bound TCP port. Its opener owns it. */
export interface TcpListener {
  /** The address and port really bound. */
  readonly host: string;
  readonly port: number;
  /** Takes the connections; replaceable at any time. */
  acceptor: Acceptor;
  /** Stops taking connections off the backlog, for limits; clients wait in it. */
  pause(): void;
  resume(): void;
  /**
   * Accepts in another way from now on; clients in the backlog stay there. The portable engine changes what
   * it keeps itself, and not the kernel's backlog.
   */
  adjust(options: AcceptOptions): void;
  /** Stops listening; accepted connections live on. Idempotent. */
  close(): Promise<void>;
}

/** Takes accepted connections. */
export interface Acceptor {
  /**
   * A client connected. Called once per connection, which is **paused**: set its `handler` before returning,
   * and `resume()` it when data is wanted. TCP_NODELAY is on, and keep-alive (60 s) no later than half a minute
   * after.
   */
  onAccept(connection: Connection): void;
}

/**
 * What happens on one connection. Set as `connection.handler` and replaceable at any time: each exchange that uses a
 * connection to a server sets its own.
 */
export interface ConnectionHandler {
  /** The connection that `Engine.connect` began now stands. Never called for accepted ones. */
  onConnect(connection: Connection): void;
  /**
   * Bytes `start` (inclusive) to `end` (exclusive) of `bytes` arrived; never zero of them. **Valid only
   * during the call**: the engine reuses the memory, and the handler may write over these bytes.
   */
  onData(connection: Connection, bytes: Buffer, start: number, end: number): void;
  /** The other side ended its direction (FIN); this one may still write. At most once. */
  onEnd(connection: Connection): void;
  /** After `write` returned false: everything was taken, write on. */
  onDrain(connection: Connection): void;
  /** A `relay` with a limit is done: that many bytes were handed on, and further ones come as `onData`. */
  onRelayed(connection: Connection): void;
  /**
   * The connection is gone. Called **exactly once**, last, whichever side ended it; also after the owner's own
   * `reset()`. A server's reset is told after everything that came before, so not while the connection is paused and
   * something waits. `error` is undefined after an orderly end of both directions or the owner's own reset. Else it
   * is `SLUICE_ERR_RESET`, or for a connection that never stood `SLUICE_ERR_CONNECT_REFUSED` or `SLUICE_ERR_CONNECT`,
   * with the system's error as `cause`.
   */
  onClose(connection: Connection, error: SluiceError | undefined): void;
}

/** One TCP connection. The one that accepted or made it owns it until `onClose`. */
export interface Connection {
  handler: ConnectionHandler;
  readonly remoteAddress: IpAddress;
  readonly remotePort: number;
  readonly localAddress: IpAddress;
  readonly localPort: number;
  /** Bytes received, and bytes accepted for sending, relayed ones included. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /**
   * Bytes accepted for sending that the other side has not acknowledged, as far as the engine can tell. The Linux
   * engine asks the system, which costs a system call; the portable one knows what it has not handed to the system
   * yet. After `onClose` with an error, what was lost.
   */
  readonly unacknowledgedBytes: number;
  /** When a byte last moved in either direction, or the connection began; `Clock.nowMs` time. */
  readonly lastActiveMs: number;
  /** When its first bytes were received, -1 before; the same time. An engine of one's own need not know. */
  readonly firstReadMs?: number;
  /** True once `onClose` was called. */
  readonly isClosed: boolean;
  /**
   * The host name that it was made for does not have `remoteAddress` any more: finish what is under way, and begin
   * nothing new. Hot path.
   */
  readonly isOutdated: boolean;

  /**
   * Sends bytes `start` to `end`; what the kernel does not take at once is copied, so `bytes` is the
   * caller's again on return.
   *
   * @returns false where something had to be kept: stop writing until `onDrain`. Bytes written meanwhile are
   * kept too, in order.
   */
  write(bytes: Buffer, start: number, end: number): boolean;

  /**
   * Looks, without waiting, for bytes, FIN or a reset that arrived and were not told yet. They are told all the same,
   * in order. The portable engine cannot look into the kernel on Windows. Hot path.
   */
  hasArrivals(): boolean;

  /** Stops reading; only `onClose` and `onDrain` come meanwhile. Idempotent. */
  pause(): void;
  resume(): void;

  /** Ends this side's direction (FIN) after everything written. Idempotent; `write` afterwards is ignored. */
  end(): void;

  /**
   * Leaves the connection to the system, which goes on sending what it took, and FIN; what still comes is answered
   * with RST. As `reset()` where the system has not taken all bytes: an end would make them look whole. `onClose`
   * follows, without an error. Idempotent.
   */
  close(): void;

  /** Drops the connection now (RST), unsent bytes with it. `onClose` follows. Idempotent. */
  reset(): void;

  /**
   * Hands the reading direction to the engine: what arrives from now on goes straight to `to`, with
   * back-pressure and without `onData`, by zero-copy where the engine can. Ends after `limit` bytes with
   * `onRelayed`, or with `onEnd` once the other side ended and everything was handed over; the caller then
   * decides about `to.end()`. If either connection closes, its `onClose` tells.
   * Resumes a paused connection.
   *
   * @param limit how many bytes, at least 1; without it, all until the end
   */
  relay(to: Connection, limit?: number): void;
}

/** Where to bind: an IP address of this machine, and a port from 0 (any free one) to 65535. */
export interface UdpBindOptions {
  readonly host: string;
  readonly port: number;
  /** A bound socket of this process to use instead, as in {@link ListenOptions}. */
  readonly descriptor?: number;
}

/** The address to talk with, and the one to talk from. */
export interface UdpConnectOptions {
  /**
   * As in {@link ConnectOptions}. Until one address has answered, one that refuses is left for the next, and what was
   * sent is sent there again, 16 datagrams at most. Silence says nothing: many never answer.
   */
  readonly host: string;
  readonly port: number;
  readonly localAddress?: string;
  /**
   * Opens the port also where the process has no descriptors left but its reserve, as for a check; else that
   * comes as `onError`. TCP connections may always. @default false
   */
  readonly usesReserve?: boolean;
  /**
   * The server answers, as to a check: where the port is closed without an answer, another address of the name
   * is tried first next time. @default false
   */
  readonly expectsAnswer?: boolean;
}

/** What happens on one UDP port. */
export interface DatagramHandler {
  /**
   * A datagram of `end - start` bytes (0 is possible) arrived. `bytes`, `source` and `local` are **valid only
   * during the call**, and must not be written to.
   *
   * @param local the address of this machine that it was sent to; on a port that is bound to all addresses,
   * where the engine cannot tell, the one that the port is bound to
   */
  onDatagram(
    port: UdpPort,
    bytes: Buffer,
    start: number,
    end: number,
    source: IpAddress,
    sourcePort: number,
    local: IpAddress,
  ): void;
  /**
   * Something went wrong on the port, such as `SLUICE_ERR_CONNECT_REFUSED` (ICMP: the other side's port is closed; on
   * a connected port only). The port stays usable unless it is closed.
   */
  onError(port: UdpPort, error: SluiceError): void;
}

/** One UDP port. Its opener owns it. */
export interface UdpPort {
  readonly host: string;
  /** The number really bound; 0 until a connected port is ready. */
  readonly port: number;
  /** As for a connection: the host name does not have the connected port's address any more. Hot path. */
  readonly isOutdated: boolean;
  /**
   * Sends one datagram on a bound port. What the kernel does not take is dropped, as UDP does.
   *
   * @param from the address of this machine that it leaves from, on a port that is bound to all addresses and where
   * the engine can; without it, or where it is that of the port, the system chooses
   */
  send(bytes: Buffer, start: number, end: number, to: IpAddress, toPort: number, from?: IpAddress): void;
  /** Sends one datagram on a connected port. */
  sendConnected(bytes: Buffer, start: number, end: number): void;
  /** Nothing is called afterwards. Idempotent. */
  close(): void;
}

/** A UDP port that talks with anyone. */
export interface BoundPort extends UdpPort {
  /** Hears what happens on it; replaceable at any time. */
  handler: DatagramHandler;
}
