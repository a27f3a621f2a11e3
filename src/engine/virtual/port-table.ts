import type { IpAddress } from '../../model/address.ts';

interface Binding<Owner> {
  readonly address: IpAddress;
  readonly owner: Owner;
}

/** The ports that a system gives where none is asked for, as Linux does by default. */
const firstFree = 32_768;
const lastFree = 60_999;

/** Which ports of a host are bound, to which address, and by whom. */
export class PortTable<Owner> {
  readonly #bindings = new Map<number, Binding<Owner>[]>();
  /** Ports from which connections were made. */
  readonly #borrowed = new Set<number>();
  #next: number;

  /** @param start from 0 to 1, where to begin among the free ports */
  constructor(start: number) {
    this.#next = firstFree + Math.floor(start * (lastFree - firstFree));
  }

  isTaken(address: IpAddress, port: number): boolean {
    return (
      this.#bindings
        .get(port)
        ?.some((other) => covers(address, other.address) || covers(other.address, address)) ?? false
    );
  }

  bind(address: IpAddress, port: number, owner: Owner): void {
    const bindings = this.#bindings.get(port);
    if (bindings === undefined) this.#bindings.set(port, [{ address, owner }]);
    else bindings.push({ address, owner });
  }

  unbind(port: number, owner: Owner): void {
    const left = (this.#bindings.get(port) ?? []).filter((binding) => binding.owner !== owner);
    if (left.length === 0) this.#bindings.delete(port);
    else this.#bindings.set(port, left);
  }

  /** Who gets what comes to that address and port: who asked for the address itself goes first. */
  find(address: IpAddress, port: number): Owner | undefined {
    const bindings = this.#bindings.get(port);
    if (bindings === undefined) return undefined;
    const exact = bindings.find((binding) => binding.address.equals(address));
    return (exact ?? bindings.find((binding) => covers(binding.address, address)))?.owner;
  }

  /** @returns a port that nobody has; undefined where all are taken */
  findFree(): number | undefined {
    for (let tries = 0; tries <= lastFree - firstFree; tries++) {
      const port = this.#next;
      this.#next = port === lastFree ? firstFree : port + 1;
      if (!this.#bindings.has(port) && !this.#borrowed.has(port)) return port;
    }
    return undefined;
  }

  /** As {@link findFree}, for a connection; `giveBack` follows. */
  borrow(): number | undefined {
    const port = this.findFree();
    if (port !== undefined) this.#borrowed.add(port);
    return port;
  }

  giveBack(port: number): void {
    this.#borrowed.delete(port);
  }
}

/** Whether a port on the first address gets what comes to the second. `::` takes IPv4 as well. */
function covers(bound: IpAddress, address: IpAddress): boolean {
  if (bound.equals(address)) return true;
  return bound.isUnspecified && (!bound.isV4 || address.isV4);
}
