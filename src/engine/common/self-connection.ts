import type { IpAddress } from '../../model/address.ts';

/** Systems choose no source port below this one. */
const firstSourcePort = 1024;

/**
 * Whether a socket that connects to this port may meet itself. Where nothing listens on a port of this machine, the
 * system may choose that same port as the source. TCP then opens the connection from both ends at once, and UDP gives
 * the sender its own datagrams. A client would take its own bytes for an answer, and no server could have the port.
 * So an engine tells a refusal instead; Go's `net.Dial` prevents this, too. Hot path.
 */
export function mayMeetItself(port: number): boolean {
  return port >= firstSourcePort;
}

/** Hot path. */
export function isSameEnd(
  local: IpAddress,
  localPort: number,
  remote: IpAddress,
  remotePort: number,
): boolean {
  return localPort === remotePort && local.equals(remote);
}

/** What the system would have said, had it chosen another source port. */
export function refusedAsIfClosed(): Error {
  return Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' });
}
