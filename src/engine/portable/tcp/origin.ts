import type { SluiceError } from '../../../base/errors.ts';
import type { IpAddress } from '../../../model/address.ts';
import type { Connection } from '../../engine.ts';
import type { Names } from '../../names/names.ts';
import { connectError, resetError } from '../../common/system-errors.ts';

/** The address this side connects to, as its owner wrote it; `accepted` for a connection from a client. */
export type Origin = 'accepted' | { readonly host: string; readonly port: number };

/** What a system error means for a connection of that origin, whether it stands already or not. */
export function connectionError(
  origin: Origin,
  { remoteAddress, remotePort }: Connection,
  stands: boolean,
  cause: Error,
): SluiceError {
  if (origin === 'accepted') return resetError('client', remoteAddress.toString(), remotePort, cause);
  const { host, port } = origin;
  return stands ? resetError('server', host, port, cause) : connectError(host, port, cause);
}

/** As `Connection.isOutdated`. Hot path. */
export function isOutdated(origin: Origin, remote: IpAddress, names: Names): boolean {
  return origin !== 'accepted' && names.isOutdated(origin.host, remote);
}
