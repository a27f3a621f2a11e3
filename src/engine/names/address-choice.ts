/** How long an address that failed is tried after the others. */
const avoidMs = 30_000;

/** The number of an endpoint for {@link AddressChoice}: a port, of UDP or of TCP. */
export function endpointOf(protocol: 'TCP' | 'UDP', port: number): number {
  return protocol === 'TCP' ? port : 65_536 + port;
}

/**
 * Which address of a name is tried first: the one that worked last on the same endpoint, else on any, as long as the
 * name has it. So a name with several addresses stands for one server, and later clients profit from what probes and
 * connections have found. Addresses that failed lately come last. Pure: time is an argument.
 */
export class AddressChoice {
  /** By endpoint. */
  readonly #worked = new Map<number, string>();
  #workedLast: string | undefined = undefined;
  /** Until when an address is avoided, by endpoint and address. */
  readonly #avoided = new Map<string, number>();

  worked(endpoint: number, address: string): void {
    this.#workedLast = address;
    if (this.#worked.get(endpoint) !== address) this.#worked.set(endpoint, address);
    if (this.#avoided.size > 0) this.#avoided.delete(keyOf(endpoint, address));
  }

  failed(endpoint: number, address: string, nowMs: number): void {
    for (const [key, untilMs] of this.#avoided) if (untilMs <= nowMs) this.#avoided.delete(key);
    this.#avoided.set(keyOf(endpoint, address), nowMs + avoidMs);
    if (this.#worked.get(endpoint) === address) this.#worked.delete(endpoint);
  }

  /** @returns all addresses in the order in which to try them, as a list of its own */
  order(addresses: readonly string[], endpoint: number, nowMs: number): string[] {
    const favourite = this.#worked.get(endpoint) ?? this.#workedLast;
    const rank = (address: string): number => {
      if ((this.#avoided.get(keyOf(endpoint, address)) ?? -Infinity) > nowMs) return 2;
      return address === favourite ? 0 : 1;
    };
    return addresses.length < 2 ? [...addresses] : [...addresses].sort((a, b) => rank(a) - rank(b));
  }
}

function keyOf(endpoint: number, address: string): string {
  return `${endpoint} ${address}`;
}
