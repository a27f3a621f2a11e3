import { IpAddress } from './address.ts';

/** Bits before an IPv4 address in its IPv6-mapped place. */
export const v4Offset = 96;
const allBits = 128;

/** All IP addresses with the same leading bits: `10.1.0.0/16`; or one alone. */
export class AddressBlock {
  readonly #address: IpAddress;
  /** Leading bits that count, 0 to 128; those of an IPv4 address count from 96. */
  readonly bits: number;

  private constructor(address: IpAddress, bits: number) {
    this.#address = address;
    this.bits = bits;
  }

  /** Parses an address, or an address and how many of its leading bits count. @returns undefined where the text is neither */
  static parse(text: string): AddressBlock | undefined {
    const [, host = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/u.exec(text) ?? [];
    const address = IpAddress.parse(host);
    if (address === undefined) return undefined;
    const counted = bits === undefined ? allBits : Number(bits) + (address.isV4 ? v4Offset : 0);
    return counted > allBits ? undefined : new AddressBlock(address, counted);
  }

  /** The address, where it is one alone. */
  get address(): IpAddress | undefined {
    return this.bits === allBits ? this.#address : undefined;
  }

  /**
   * Whether it has something in common with the addresses that share the leading bits of another one.
   *
   * @param bits how many of the other one's bits count, 0 to 128
   */
  meets({ w0, w1, w2, w3 }: Pick<IpAddress, 'w0' | 'w1' | 'w2' | 'w3'>, bits: number): boolean {
    const counted = Math.min(bits, this.bits);
    const own = this.#address;
    return (
      ((own.w0 ^ w0) & mask(counted)) === 0 &&
      ((own.w1 ^ w1) & mask(counted - 32)) === 0 &&
      ((own.w2 ^ w2) & mask(counted - 64)) === 0 &&
      ((own.w3 ^ w3) & mask(counted - 96)) === 0
    );
  }
}

/** A word whose so many leading bits are set. */
function mask(count: number): number {
  if (count <= 0) return 0;
  return count >= 32 ? -1 : -1 << (32 - count);
}
