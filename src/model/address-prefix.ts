import { IpAddress } from './address.ts';
import type { OptionReader } from '../base/options.ts';

/** How much of a client's address counts: clients that share it are one. */
export interface AddressPrefixOptions {
  /** Leading bits of an IPv4 address, 1 to 32. @default 32 */
  readonly prefixV4?: number;
  /** Leading bits of an IPv6 address, 1 to 128; 64 treats one network's privacy addresses alike. @default 128 */
  readonly prefixV6?: number;
}

/** {@link AddressPrefixOptions}, complete. */
export type ResolvedAddressPrefixOptions = Required<AddressPrefixOptions>;

export const addressPrefixDefaults: ResolvedAddressPrefixOptions = { prefixV4: 32, prefixV6: 128 };

/** Reads both options, for their owner to merge with its others. */
export function readAddressPrefix(reader: OptionReader): ResolvedAddressPrefixOptions {
  return {
    prefixV4: reader.integer('prefixV4', { min: 1, max: 32, default: addressPrefixDefaults.prefixV4 }),
    prefixV6: reader.integer('prefixV6', { min: 1, max: 128, default: addressPrefixDefaults.prefixV6 }),
  };
}

/** Cuts addresses down to their leading bits. */
export class AddressPrefix {
  readonly #v4: number;
  readonly #v6: readonly [number, number, number, number];
  readonly #cut = new IpAddress();

  constructor(options: ResolvedAddressPrefixOptions) {
    const bits = options.prefixV6;
    this.#v4 = leadingBits(options.prefixV4);
    this.#v6 = [leadingBits(bits), leadingBits(bits - 32), leadingBits(bits - 64), leadingBits(bits - 96)];
  }

  /** The address with all other bits zero: one object, reused by the next call. Hot path. */
  of(address: IpAddress): IpAddress {
    if (address.isV4) return this.#cut.setV4((address.w3 & this.#v4) >>> 0);
    const [m0, m1, m2, m3] = this.#v6;
    return this.#cut.set(
      (address.w0 & m0) >>> 0,
      (address.w1 & m1) >>> 0,
      (address.w2 & m2) >>> 0,
      (address.w3 & m3) >>> 0,
    );
  }
}

function leadingBits(count: number): number {
  if (count <= 0) return 0;
  return count >= 32 ? -1 : -1 << (32 - count);
}
