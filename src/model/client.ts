import type { IpAddress } from './address.ts';

/**
 * Whoever connects to a listener, as balancing and persistence see it.
 *
 * Data paths reuse one object per connection or per flow table: valid only during the call it is passed to.
 */
export interface Client {
  readonly address: IpAddress;
  readonly port: number;
  /**
   * The value of a cookie of the current HTTP request; always undefined for TCP and UDP.
   *
   * @param nth which one, where several cookies have that name: their order says nothing about which is right, so look
   * at each of them until there are no more. @default 0, the first one
   */
  cookie(name: string, nth?: number): string | undefined;
}

/** A client that is known by its address alone. */
export class AddressClient implements Client {
  readonly address: IpAddress;
  port: number;

  constructor(address: IpAddress, port: number) {
    this.address = address;
    this.port = port;
  }

  cookie(): undefined {
    return undefined;
  }
}
