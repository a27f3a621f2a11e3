import { NameError } from '../names/name-error.ts';
import type { NameSource } from '../names/name-source.ts';
import type { NameAnswer } from '../names/name-state.ts';
import type { Medium } from './medium.ts';
import { valueOf } from './wire.ts';

/**
 * What a virtual network says of a host name: its addresses, and how long they hold; or nothing at all, like a name
 * server that does not answer. What it does not know does not exist.
 */
export type VirtualName =
  readonly string[] | { readonly addresses: readonly string[]; readonly holdMs: number } | 'silent';

/** The names of a virtual network, where lookups take their time. */
export class VirtualNames implements NameSource {
  readonly #medium: Medium;
  readonly #names: ReadonlyMap<string, VirtualName>;

  constructor(medium: Medium, names: ReadonlyMap<string, VirtualName>) {
    this.#medium = medium;
    this.#names = names;
  }

  find(host: string): Promise<NameAnswer> {
    const { agenda, conditions } = this.#medium;
    return new Promise((resolve, reject) => {
      agenda.after(valueOf(conditions.lookUpMs), () => {
        const found = this.#names.get(host);
        if (found === 'silent') return;
        const answer = found === undefined || 'addresses' in found ? found : { addresses: found, holdMs: 0 };
        if (answer === undefined || answer.addresses.length === 0) reject(new NameError(host, 'absent'));
        else resolve(answer);
      });
    });
  }
}
