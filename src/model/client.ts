import type { IpAddress } from './address.ts';

/**
 * Whoever connects to a listener, as balancing and persistence see it.
 *
 * Data paths reuse one object per connection or per flow table: valid only during the call it is passed to.
 */
export interface Client {
  readonly address: IpAddress;
  readonly port: number;
  /** The value of a cookie of the current HTTP request; always undefined for TCP and UDP. */
  cookie(name: string): string | undefined;
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
