import type { Socket } from 'node:net';
import { IpAddress } from '../../../model/address.ts';

/** The address and port of this side of a connection. */
export interface LocalEnd {
  readonly address: IpAddress;
  readonly port: number;
}

export const unknownEnd: LocalEnd = { address: new IpAddress(), port: 0 };

/** Asks the system. @returns `unknownEnd` while the socket has no address, or has none any more */
export function readLocalEnd({ localAddress, localPort }: Socket): LocalEnd {
  const address = localAddress === undefined ? undefined : IpAddress.parse(localAddress);
  return address === undefined || localPort === undefined ? unknownEnd : { address, port: localPort };
}
