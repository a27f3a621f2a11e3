import type { IpAddress } from '../../model/address.ts';
import type { Stream } from './stream.ts';
import type { VirtualConnection } from './virtual-connection.ts';
import type { Caller, VirtualHost } from './virtual-host.ts';
import type { Wire } from './wire.ts';

/** Who made a {@link Call}. */
export interface CallOwner {
  onAnswered(incoming: Stream): void;
  onRefused(): void;
}

/** One try to connect to one address. After `cancel`, its owner hears nothing of it. */
export class Call implements Caller {
  readonly end: VirtualConnection;
  readonly host: VirtualHost;
  isCancelled = false;
  /** The other side has answered: the answer may still be on its way. */
  isAnswered = false;
  readonly #wire: Wire;
  readonly #owner: CallOwner;

  constructor(end: VirtualConnection, host: VirtualHost, wire: Wire, owner: CallOwner) {
    this.end = end;
    this.host = host;
    this.#wire = wire;
    this.#owner = owner;
  }

  get address(): IpAddress {
    return this.end.localAddress;
  }

  get port(): number {
    return this.end.localPort;
  }

  get stream(): Stream {
    return this.end.outgoing;
  }

  /** Calls that host, as soon as it is heard. */
  start(target: VirtualHost): void {
    const { remoteAddress, remotePort } = this.end;
    this.#wire.whenUp(() => {
      this.#later(() => {
        const taker = target.tcp.find(remoteAddress, remotePort);
        if (taker === undefined) this.onRefused();
        else taker.take(this);
      });
    });
  }

  cancel(): void {
    this.isCancelled = true;
  }

  onAnswered(incoming: Stream): void {
    this.isAnswered = true;
    this.#later(() => {
      this.#owner.onAnswered(incoming);
    });
  }

  onRefused(): void {
    this.#later(() => {
      this.#owner.onRefused();
    });
  }

  #later(arrive: () => void): void {
    this.#wire.carry(() => {
      if (!this.isCancelled) arrive();
    });
  }
}
