import type { IncomingMessage } from 'node:http';
import type { Address } from '../subject.ts';
import { inTurns } from './turns.ts';

const cookiePattern = /(?:^|;\s*)SERVERID=s(\d+)/;

/** Cookie, then source address, then turns: the least that a user of a proxy library would write. */
export class Affinity {
  readonly #servers: readonly Address[];
  readonly #next: () => Address;
  readonly #table = new Map<string, Address>();

  constructor(servers: readonly Address[]) {
    this.#servers = servers;
    this.#next = inTurns(servers);
  }

  /** The server of this request. */
  serverOf(request: IncomingMessage): Address {
    const address = request.socket.remoteAddress ?? '';
    const server = this.#cookieServer(request) ?? this.#table.get(address) ?? this.#next();
    this.#table.set(address, server);
    return server;
  }

  /** The cookie that the response must set, or undefined where the client has it. */
  cookieFor(request: IncomingMessage, server: Address): string | undefined {
    if (this.#cookieServer(request) === server) return undefined;
    return `SERVERID=s${this.#servers.indexOf(server)}; Path=/; HttpOnly`;
  }

  #cookieServer(request: IncomingMessage): Address | undefined {
    const match = cookiePattern.exec(request.headers.cookie ?? '');
    return match === null ? undefined : this.#servers[Number(match[1])];
  }
}
