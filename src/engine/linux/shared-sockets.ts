import { IpAddress } from '../../model/address.ts';
import { bindError } from '../common/system-errors.ts';
import { ownUdpPorts } from '../common/own-udp-ports.ts';
import { openBound } from './udp/bound-udp-port.ts';
import { loadLibc, type Libc } from './kernel/libc.ts';
import { openListening } from './tcp/linux-listener.ts';
import { readLocalAddress, setNumber } from './kernel/open-socket.ts';
import { SOL_SOCKET, SO_REUSEPORT } from './kernel/system-constants.ts';

/** What to bind several sockets to. */
export interface SharedSocketsOptions {
  readonly protocol: 'TCP' | 'UDP';
  readonly host: string;
  /** 0 takes a free one, the same for all. */
  readonly port: number;
  /** Of each TCP socket. */
  readonly backlog?: number;
  /** How many, at least 1. */
  readonly count: number;
}

/**
 * Several sockets on one port, among which the kernel shares out clients by address and port (SO_REUSEPORT). For
 * engines of other threads, which work on duplicates: these stay open with their backlogs, whatever becomes of such a
 * thread.
 */
export class SharedSockets {
  readonly host: string;
  readonly port: number;
  readonly descriptors: readonly number[];
  readonly #libc: Libc = loadLibc();
  readonly #address = new IpAddress();
  readonly #isUdp: boolean;
  #isClosed = false;

  /** @throws SluiceError as `Engine.listen` and `Engine.bindUdp` */
  constructor({ protocol, host, port, backlog, count }: SharedSocketsOptions) {
    const libc = this.#libc;
    const descriptors: number[] = [];
    this.descriptors = descriptors;
    this.#isUdp = protocol === 'UDP';
    try {
      const open = protocol === 'TCP' ? openListening : openBound;
      const limits = backlog === undefined ? {} : { backlog };
      const first = open(libc, { host, port, ...limits });
      descriptors.push(first);
      this.port = readLocalAddress(libc, first, this.#address);
      this.host = this.#address.toString();
      // Only now: the first one has claimed the port against everybody else, other balancers included.
      setNumber(libc, first, SOL_SOCKET, SO_REUSEPORT, 1);
      while (descriptors.length < count)
        descriptors.push(open(libc, { host, port: this.port, ...limits, isShared: true }));
      if (this.#isUdp) ownUdpPorts().add(this.#address, this.port);
    } catch (cause) {
      this.#closeAll();
      throw bindError(protocol, host, port, cause);
    }
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#isUdp) ownUdpPorts().delete(this.#address, this.port);
    this.#closeAll();
  }

  #closeAll(): void {
    for (const descriptor of this.descriptors) this.#libc.close(descriptor);
  }
}
