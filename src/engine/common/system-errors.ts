import { SluiceError, type ErrorCode, type ErrorSide } from '../../base/errors.ts';
import { formatEndpoint } from '../../model/endpoint.ts';

/** What the system's errors mean for the reader of a message. */
const meanings: Readonly<Record<string, string>> = {
  EACCES: 'the system does not permit it',
  EAGAIN: 'no source port is free',
  EADDRNOTAVAIL: 'the source address is not on this machine, or no source port is free',
  EAFNOSUPPORT: 'this machine does not support the address family (is IPv6 switched off?)',
  EAI_AGAIN: 'the name service does not answer',
  ECONNABORTED: 'the connection was aborted',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the other side reset the connection',
  EHOSTUNREACH: 'the host cannot be reached',
  EINVAL: 'the address is not valid for this socket',
  EMFILE: 'this process has no file descriptor left (raise its limit, `ulimit -n`)',
  EMSGSIZE: 'the datagram is too large',
  ENETUNREACH: 'the network cannot be reached',
  ENFILE: 'this machine has no file descriptor left',
  ENOBUFS: 'the system has no buffer left',
  ENOTFOUND: 'the host name does not exist',
  EPERM: 'the system does not permit it (a firewall rule?)',
  EPIPE: 'the other side no longer takes data',
  ETIMEDOUT: 'the other side does not answer',
};

/** Why a TCP listener or a UDP port could not be bound. */
export function bindError(protocol: 'TCP' | 'UDP', host: string, port: number, cause: unknown): SluiceError {
  const endpoint = `${formatEndpoint(host, port)} (${protocol})`;
  switch (systemCode(cause)) {
    case 'EADDRINUSE':
      return failure(
        'SLUICE_ERR_ADDRESS_IN_USE',
        `${endpoint} is in use by another process or service; stop it or use another port`,
        cause,
      );
    case 'EADDRNOTAVAIL':
      return failure('SLUICE_ERR_ADDRESS_NOT_AVAILABLE', `${endpoint}: ${missingAddress(host)}`, cause);
    case 'EACCES':
      return failure(
        'SLUICE_ERR_PERMISSION',
        `this process may not bind ${endpoint}; run it with the capability CAP_NET_BIND_SERVICE or use a port offset`,
        cause,
      );
    default:
      return failure('SLUICE_ERR_LISTEN', `cannot bind ${endpoint}: ${meaning(cause)}`, cause);
  }
}

/** Why a connection never stood. Nothing was sent, so another server may be tried. */
export function connectError(host: string, port: number, cause: unknown): SluiceError {
  const code = systemCode(cause);
  return new SluiceError(
    code === 'ECONNREFUSED' ? 'SLUICE_ERR_CONNECT_REFUSED' : 'SLUICE_ERR_CONNECT',
    `cannot connect to ${formatEndpoint(host, port)}: ${meaning(cause)}`,
    { side: isLocal(code) ? 'local' : 'server', retryable: true, cause },
  );
}

/** Why a connection that stood is gone. */
export function resetError(side: ErrorSide, host: string, port: number, cause: unknown): SluiceError {
  const message = `the connection with ${formatEndpoint(host, port)} broke: ${meaning(cause)}`;
  return new SluiceError('SLUICE_ERR_RESET', message, { side, cause });
}

/** What went wrong on a UDP port that was opened, or being opened, for one address. */
export function datagramError(host: string, port: number, cause: unknown): SluiceError {
  const code = systemCode(cause);
  const message = `UDP with ${formatEndpoint(host, port)}: ${meaning(cause)}`;
  if (code === 'EMSGSIZE') return failure('SLUICE_ERR_LIMIT', message, cause);
  return new SluiceError(
    code === 'ECONNREFUSED' ? 'SLUICE_ERR_CONNECT_REFUSED' : 'SLUICE_ERR_CONNECT',
    message,
    {
      side: isLocal(code) ? 'local' : 'server',
      retryable: true,
      cause,
    },
  );
}

/** A relay that cannot be. */
export function relayFault(what: string): SluiceError {
  return new SluiceError('SLUICE_ERR_INTERNAL', `a relay ${what}`);
}

/** A handler threw. */
export function handlerFault(handlerName: string, cause: unknown): SluiceError {
  return failure(
    'SLUICE_ERR_INTERNAL',
    `${handlerName} threw an error; this is a defect of the handler`,
    cause,
  );
}

function failure(code: ErrorCode, message: string, cause: unknown): SluiceError {
  return new SluiceError(code, message, { cause });
}

function missingAddress(host: string): string {
  const prefix = host.includes(':') ? 128 : 32;
  return `the address ${host} is not on this machine; add it, as with \`ip address add ${host}/${prefix} dev <interface>\``;
}

function meaning(cause: unknown): string {
  const code = systemCode(cause);
  const known = code === undefined ? undefined : meanings[code];
  if (known !== undefined) return `${known} (${code})`;
  return cause instanceof Error ? cause.message : String(cause);
}

/** Faults of this machine, which say nothing of the server. Linux tells by EAGAIN that no source port is free. */
const localCodes: ReadonlySet<string | undefined> = new Set([
  'EACCES',
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'EAFNOSUPPORT',
  'EAGAIN',
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'EPERM',
]);

/** After these, another address of the same host name may do better. */
const addressFaults: ReadonlySet<string | undefined> = new Set([
  'EADDRNOTAVAIL',
  'EAFNOSUPPORT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'EINVAL',
  'ENETDOWN',
  'ENETUNREACH',
  'ETIMEDOUT',
]);

/** Whether the address is at fault, and not this process. */
export function isAddressFault(cause: unknown): boolean {
  return addressFaults.has(systemCode(cause));
}

function isLocal(code: string | undefined): boolean {
  return localCodes.has(code);
}

function systemCode(cause: unknown): string | undefined {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}
