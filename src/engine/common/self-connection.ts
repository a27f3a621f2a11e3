import type { IpAddress } from '../../model/address.ts';

/** Systems choose no source port below this one. */
const firstSourcePort = 1024;

/**
 * May a socket that connects to this port be connected with itself? Where nothing listens on a port of this machine, the
 * system may choose that very port as the source. TCP then opens the connection from both ends at once, and UDP gives
 * the sender its own datagrams. A client would take its own bytes for an answer, and no server could have the port: so
 * an engine tells a refusal instead, as Go's `net.Dial` sees to it that nobody meets himself. Hot path.
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
