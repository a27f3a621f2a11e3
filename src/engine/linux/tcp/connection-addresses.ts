import type { SluiceError } from '../../../base/errors.ts';
import { IpAddress } from '../../../model/address.ts';
import type { ConnectOptions } from '../../engine.ts';
import { resetError } from '../../common/system-errors.ts';
import type { Libc } from '../kernel/libc.ts';
import { readLocalAddress } from '../kernel/open-socket.ts';
import { systemError } from '../kernel/system-error.ts';

/** Of a connection whose other side's name is still looked up. Never changed. */
const unknown = new IpAddress();

/** Both ends of a connection. The system is asked for the near one when it is first wanted, unless it was told. */
export abstract class ConnectionAddresses {
  /** Must not change: several connections may share the object. */
  remoteAddress = unknown;
  remotePort: number;
  readonly #libc: Libc;
  readonly #target: ConnectOptions | undefined;
  #localAddress: IpAddress | undefined = undefined;
  #localPort = 0;

  /** @param target where it connects to; undefined for a connection from a client */
  constructor(libc: Libc, target: ConnectOptions | undefined) {
    this.#libc = libc;
    this.#target = target;
    this.remotePort = target?.port ?? 0;
  }

  /** Where it connects to, as its owner wrote it; undefined for a connection from a client. */
  get targetHost(): string | undefined {
    return this.#target?.host;
  }

  get localAddress(): IpAddress {
    return this.#localAddress ?? this.#readLocalAddress();
  }

  get localPort(): number {
    if (this.#localAddress === undefined) this.#readLocalAddress();
    return this.#localPort;
  }

  /** @param address which must not change */
  protected setLocal(address: IpAddress, port: number): void {
    this.#localAddress = address;
    this.#localPort = port;
  }

  /** The other side, or the system, has broken the connection. */
  protected resetError(errno: number): SluiceError {
    const cause = systemError('tcp', errno);
    const target = this.#target;
    return target === undefined
      ? resetError('client', this.remoteAddress.toString(), this.remotePort, cause)
      : resetError('server', target.host, target.port, cause);
  }

  /** -1 while it is not open. */
  abstract readonly descriptor: number;

  #readLocalAddress(): IpAddress {
    const { descriptor } = this;
    if (descriptor < 0) return unknown;
    const address = new IpAddress();
    this.setLocal(address, readLocalAddress(this.#libc, descriptor, address));
    return address;
  }
}
