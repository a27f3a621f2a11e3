import { IpAddress, isIpAddress } from '../../model/address.ts';
import type { UdpConnectOptions } from '../engine.ts';
import { isAddressFault } from './system-errors.ts';
import { endpointOf } from '../names/address-choice.ts';
import { reachableFrom } from '../names/address-order.ts';
import type { KnownName, NameWaiter } from '../names/known-name.ts';
import type { Names } from '../names/names.ts';

/** Datagrams that wait for a connected port to be ready, or for an address to answer. */
const maxKept = 16;

const none: never[] = [];

/** A connected port, as its remote end sees it. */
export interface UdpRemoteOwner {
  /** `address` or `failure` is set. Never called from inside a call of the owner. */
  onRemoteFound(): void;
}

/**
 * The other side of a connected UDP port: the addresses of a host name one after the other, until one has answered.
 * Keeps what was sent meanwhile, to send it to the next address again.
 */
export class UdpRemote implements NameWaiter {
  /** The address to talk with; empty where none is known. */
  address = '';
  /** Why no address is known. */
  failure: Error | undefined = undefined;
  /** What is sent must be kept: the port is not ready yet, or may go on to another address. */
  isKeeping = true;
  readonly #names: Names;
  readonly #options: UdpConnectOptions;
  readonly #owner: UdpRemoteOwner;
  readonly #endpoint: number;
  readonly #parsed = new IpAddress();
  #name: KnownName | undefined = undefined;
  /** What else to try. */
  #others: string[] = none;
  #kept: Buffer[] = none;

  constructor(names: Names, options: UdpConnectOptions, owner: UdpRemoteOwner) {
    this.#names = names;
    this.#options = options;
    this.#owner = owner;
    this.#endpoint = endpointOf('UDP', options.port);
  }

  /** Looks for the address. @returns false where `onRemoteFound` will tell */
  find(): boolean {
    const { host } = this.#options;
    if (isIpAddress(host)) {
      this.#use(host);
      return true;
    }
    this.#name = this.#names.get(host);
    if (this.#name.look() === 'unknown') {
      this.#name.wait(this);
      return false;
    }
    this.#take(this.#name);
    return true;
  }

  onNameSettled(): void {
    if (this.#name !== undefined) this.#take(this.#name);
    this.#owner.onRemoteFound();
  }

  /** Hot path. */
  get isOutdated(): boolean {
    return this.#name !== undefined && this.address !== '' && this.#name.isOutdated(this.#parsed);
  }

  /** Keeps a datagram that is sent, or cannot be yet. */
  keep(bytes: Buffer, start: number, end: number): void {
    if (this.#kept.length === 0) this.#kept = [];
    if (this.#kept.length < maxKept) this.#kept.push(Buffer.from(bytes.subarray(start, end)));
  }

  /** A port to the address is ready. @returns what to send there now */
  ready(): readonly Buffer[] {
    const kept = this.#kept;
    this.isKeeping = this.#others.length > 0;
    if (!this.isKeeping) this.#kept = none;
    return kept;
  }

  /** The address has answered: it is the right one. */
  answered(): void {
    this.#name?.worked(this.#endpoint, this.address);
    this.#settle();
  }

  /**
   * An error was found.
   *
   * @param hasAnswered whether anything came from the address: then it stays the one
   * @returns whether `address` is another one now, which needs a port
   */
  moveOn(cause: unknown, hasAnswered: boolean): boolean {
    if (this.#name === undefined || !isAddressFault(cause)) return false;
    if (hasAnswered) this.answered();
    this.#name.failed(this.#endpoint, this.address);
    const next = this.#others.shift();
    if (next !== undefined) this.#use(next);
    return next !== undefined;
  }

  /** @param hasAnswered whether anything came from the address */
  close(hasAnswered: boolean): void {
    this.#name?.leave(this);
    if (hasAnswered) this.#name?.worked(this.#endpoint, this.address);
    else if (this.#options.expectsAnswer === true && this.address !== '')
      this.#name?.failed(this.#endpoint, this.address);
    this.#settle();
  }

  #take(name: KnownName): void {
    this.failure = name.failure;
    this.#others = [...reachableFrom(this.#options.localAddress, name.addresses(this.#endpoint))];
    const first = this.#others.shift();
    if (first !== undefined) this.#use(first);
  }

  #use(address: string): void {
    this.address = address;
    this.#parsed.setText(address);
  }

  #settle(): void {
    this.isKeeping = false;
    this.#others = none;
    this.#kept = none;
  }
}
