import { addressOf } from '../records/log-entry.ts';

/** Names in place of client addresses, the same for the same address: `client-1`. They mean nothing elsewhere. */
export class ClientNames {
  readonly #names = new Map<string, string>();

  /** @param endpoint address and port */
  of(endpoint: string): string {
    const address = addressOf(endpoint);
    const known = this.#names.get(address);
    if (known !== undefined) return known;
    const name = `client-${this.#names.size + 1}`;
    this.#names.set(address, name);
    return name;
  }
}
