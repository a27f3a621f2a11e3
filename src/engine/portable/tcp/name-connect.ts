import type { NetConnectOpts, Socket } from 'node:net';
import type { ConnectOptions } from '../../engine.ts';
import { endpointOf } from '../../names/address-choice.ts';
import { reachableFrom } from '../../names/address-order.ts';
import type { KnownName, NameWaiter } from '../../names/known-name.ts';
import type { Names } from '../../names/names.ts';
import { silenceMs } from '../../names/silence.ts';
import { isAddressFault } from '../../common/system-errors.ts';

/** How `net.connect` takes the addresses of a name. */
type LookupCallback = (
  error: Error | null,
  address: string | { address: string; family: number }[],
  family?: number,
) => void;

/**
 * One `net.Socket` that connects to a host name: gives the addresses to Node, which tries one after the other, and
 * notes which ones worked.
 */
export class NameConnect implements NameWaiter {
  readonly #name: KnownName;
  readonly #endpoint: number;
  readonly #localAddress: string | undefined;
  #wantsAll = false;
  #callback: LookupCallback | undefined = undefined;

  constructor(names: Names, { host, port, localAddress }: ConnectOptions) {
    this.#name = names.get(host);
    this.#endpoint = endpointOf('TCP', port);
    this.#localAddress = localAddress;
  }

  /** What `net.connect` needs besides the host and port. */
  get options(): Partial<NetConnectOpts> {
    return {
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: silenceMs,
      lookup: (_host, { all = false }, callback) => {
        this.#lookUp(all, callback);
      },
    };
  }

  /** Takes note of what becomes of the socket. */
  observe(socket: Socket): void {
    const failed = (address: string): void => {
      this.#name.failed(this.#endpoint, address);
    };
    socket.on('connectionAttemptFailed', (address, _port, _family, error) => {
      if (isAddressFault(error)) failed(address);
    });
    socket.on('connectionAttemptTimeout', failed);
    socket.once('connect', () => {
      const { remoteAddress } = socket;
      if (remoteAddress !== undefined) this.#name.worked(this.#endpoint, remoteAddress);
    });
    socket.once('close', () => {
      this.#name.leave(this);
    });
  }

  onNameSettled(): void {
    const addresses = reachableFrom(this.#localAddress, this.#name.addresses(this.#endpoint));
    const known = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    const [first] = known;
    const { failure } = this.#name;
    if (first === undefined) this.#callback?.(failure ?? new Error('the engine is closed'), []);
    else if (this.#wantsAll) this.#callback?.(null, known);
    else this.#callback?.(null, first.address, first.family);
  }

  #lookUp(wantsAll: boolean, callback: LookupCallback): void {
    this.#wantsAll = wantsAll;
    this.#callback = callback;
    if (this.#name.look() === 'unknown') this.#name.wait(this);
    else
      process.nextTick(() => {
        this.onNameSettled();
      });
  }
}
