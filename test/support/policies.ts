import { IpAddress } from '../../src/model/address.ts';
import { AddressClient } from '../../src/model/client.ts';
import { Server } from '../../src/model/server.ts';
import type { Random } from '../../src/runtime/runtime.ts';

/** Servers `s0`, `s1`, … of these weights. */
export function serversOf(weights: readonly number[]): Server[] {
  return weights.map(
    (weight, index) => new Server({ name: `s${index}`, host: `192.0.2.${index + 1}`, weight }),
  );
}

/** @throws Error where the text is no address */
export function addressOf(text: string): IpAddress {
  const address = IpAddress.parse(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
}

/** Where all of these clients come to. */
const here = addressOf('192.0.2.200');

export function clientOf(text: string): AddressClient {
  return new AddressClient(addressOf(text), 50_000, here, 80);
}

/** The `index`th of four billion IPv4 clients, consecutive ones being neighbours in 10.0.0.0/8. */
export function numberedClient(index: number): AddressClient {
  return new AddressClient(new IpAddress().setV4((0x0a000000 + index) >>> 0), 50_000, here, 80);
}

/** The same uniform numbers each time: mulberry32. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How often each name occurs. */
export function tally(names: Iterable<string | undefined>): Map<string | undefined, number> {
  const counts = new Map<string | undefined, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
