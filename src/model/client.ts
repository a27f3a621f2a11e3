import type { IpAddress } from './address.ts';

/**
 * What a strategy or a policy may read of a client. `header:` and `cookie:` are followed by a name.
 *
 * - `address`: `address` and `port`, of every client
 * - `localAddress`: `localAddress` and `localPort`, of every client
 * - `method`, `target`, `header:…`, `cookie:…`: of the current HTTP request
 */
export type ClientFact =
  'address' | 'localAddress' | 'method' | 'target' | `header:${string}` | `cookie:${string}`;

/** The facts of a kind, whatever name they have. */
export type ClientFactKind = 'address' | 'localAddress' | 'method' | 'target' | 'header' | 'cookie';

/** What is known of every client. */
export const addressFacts: readonly ClientFactKind[] = ['address', 'localAddress'];
/** What is known of a client of HTTP. */
export const requestFacts: readonly ClientFactKind[] = [
  ...addressFacts,
  'method',
  'target',
  'header',
  'cookie',
];

/** Whether it is one of the facts that there are; a header or a cookie has a name. */
function isClientFact(value: unknown): value is ClientFact {
  if (typeof value !== 'string') return false;
  const kind = kindOfFact(value as ClientFact);
  const hasName = value.length > kind.length + 1;
  return requestFacts.includes(kind) && (hasName ? isNamed(kind) : value === kind && !isNamed(kind));
}

/** Whether it is a list of them. */
export function isClientFacts(value: unknown): value is readonly ClientFact[] {
  return Array.isArray(value) && value.every(isClientFact);
}

function isNamed(kind: ClientFactKind): boolean {
  return kind === 'header' || kind === 'cookie';
}

/** Hot path of records. */
export function kindOfFact(fact: ClientFact): ClientFactKind {
  if (fact.startsWith('cookie:')) return 'cookie';
  return fact.startsWith('header:') ? 'header' : (fact as ClientFactKind);
}

/**
 * What connects to a listener, as balancing and persistence see it.
 *
 * Data paths reuse one object per connection or per flow table: valid only during the call it is passed to.
 */
export interface Client {
  readonly address: IpAddress;
  readonly port: number;
  /** Where the client came to: the address and port of this machine. */
  readonly localAddress: IpAddress;
  readonly localPort: number;
  /** The method of the current HTTP request, such as `GET`; always undefined for TCP and UDP. */
  readonly method: string | undefined;
  /**
   * The target of the current HTTP request as the client wrote it, mostly path and query; always undefined for TCP
   * and UDP. It may name the patient of an image: it must not reach a log.
   */
  readonly target: string | undefined;
  /**
   * The value of a header of the current HTTP request, without the blanks around it; always undefined for TCP and UDP.
   *
   * @param name in any case
   * @param nth which one, where several lines have that name. @default 0, the first one
   */
  header(name: string, nth?: number): string | undefined;
  /**
   * The value of a cookie of the current HTTP request; always undefined for TCP and UDP.
   *
   * @param nth which one, where several cookies have that name: their order says nothing about which is right, so look
   * at each of them until there are no more. @default 0, the first one
   */
  cookie(name: string, nth?: number): string | undefined;
}

/** A client that is known by addresses alone. */
export class AddressClient implements Client {
  readonly address: IpAddress;
  port: number;
  readonly localAddress: IpAddress;
  readonly localPort: number;
  readonly method = undefined;
  readonly target = undefined;

  constructor(address: IpAddress, port: number, localAddress: IpAddress, localPort: number) {
    this.address = address;
    this.port = port;
    this.localAddress = localAddress;
    this.localPort = localPort;
  }

  header(): undefined {
    return undefined;
  }

  cookie(): undefined {
    return undefined;
  }
}
