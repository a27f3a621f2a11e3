import { socketAddressOf, setPort, type SocketAddress } from '../kernel/socket-address.ts';

/** Enough for the servers of any balancer; beyond that, all are read again. */
const maxAddresses = 4096;

/** Remembers how addresses are written for the kernel: sessions connect to the same few again and again. */
export class AddressBook {
  readonly #known = new Map<string, SocketAddress>();

  /** True for some IP addresses, those found before among them. Hot path. */
  knows(text: string): boolean {
    return this.#known.has(text);
  }

  /**
   * @param text an IP address
   * @returns the address and port, to be used before the next call
   * @throws TypeError where the text is none; RangeError for a port that does not exist
   */
  find(text: string, port: number): SocketAddress {
    const known = this.#known.get(text);
    if (known !== undefined) {
      setPort(known, port);
      return known;
    }
    const address = socketAddressOf(text, port);
    // The number of a zone's interface may change.
    if (text.includes('%')) return address;
    if (this.#known.size >= maxAddresses) this.#known.clear();
    this.#known.set(text, address);
    return address;
  }
}
