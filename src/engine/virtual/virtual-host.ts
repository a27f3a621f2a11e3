import { IpAddress } from '../../model/address.ts';
import { PortTable } from './port-table.ts';
import type { Stream, StreamEnd } from './stream.ts';
import type { Delay } from './wire.ts';

/** The end of a connection that its owner is making. */
export interface CallingEnd extends StreamEnd {
  /** What it called. */
  readonly remoteAddress: IpAddress;
}

/** Who connects, as a listener sees it. */
export interface Caller {
  /** What the caller sends. */
  readonly stream: Stream;
  readonly end: CallingEnd;
  readonly host: VirtualHost;
  readonly address: IpAddress;
  readonly port: number;
  /** It gave up. */
  readonly isCancelled: boolean;
  /** The connection stands. */
  onAnswered(incoming: Stream): void;
  onRefused(): void;
}

/** A port that takes connections. */
export interface CallTaker {
  take(caller: Caller): void;
}

/** One datagram on its way. Its bytes belong to nobody else. */
export interface Datagram {
  readonly bytes: Buffer;
  readonly from: IpAddress;
  readonly fromPort: number;
  readonly to: IpAddress;
  readonly toPort: number;
}

/** A port that takes datagrams. */
export interface DatagramTaker {
  /** @returns false where it takes none from there */
  take(datagram: Datagram): boolean;
}

/** A machine on a virtual network, with addresses and ports. Besides its own addresses, it has those of loopback. */
export class VirtualHost {
  readonly addresses: readonly IpAddress[];
  /** Added to the delay of every packet from here or to here, in milliseconds. */
  delayMs: Delay = 0;
  /** @internal */
  readonly tcp: PortTable<CallTaker>;
  /** @internal */
  readonly udp: PortTable<DatagramTaker>;
  #isSilent = false;
  readonly #listeners: (() => void)[] = [];

  /** @internal use `VirtualNetwork.host` */
  constructor(addresses: readonly IpAddress[], portStart: number) {
    this.addresses = addresses;
    this.tcp = new PortTable(portStart);
    this.udp = new PortTable(portStart);
  }

  /**
   * True while nothing leaves this host or arrives at it, as if it were unplugged: who connects to it waits, and
   * what is sent to it waits or gets lost. Once it is false again, what waits goes on.
   */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  set isSilent(isSilent: boolean) {
    this.#isSilent = isSilent;
    if (isSilent) return;
    for (const call of this.#listeners.splice(0)) call();
  }

  /** @internal */
  whenHeard(call: () => void): void {
    this.#listeners.push(call);
  }

  /** Whether others reach it at that address. */
  owns(address: IpAddress): boolean {
    return this.addresses.some((own) => own.equals(address));
  }

  /** As {@link owns}, or one of loopback. */
  has(address: IpAddress): boolean {
    return address.isLoopback || this.owns(address);
  }

  /**
   * The address that this host speaks from to another one: the same one for its own, else its first of that family.
   *
   * @internal
   */
  addressTowards(remote: IpAddress): IpAddress | undefined {
    if (remote.isLoopback) return remote.isV4 ? loopbackV4 : remote;
    return (
      this.addresses.find((own) => own.equals(remote)) ??
      this.addresses.find((own) => own.isV4 === remote.isV4)
    );
  }
}

const loopbackV4 = new IpAddress().setV4(0x7f000001);
