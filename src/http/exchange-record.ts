import type { Client } from '../model/client.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import type { Server } from '../model/server.ts';
import type { PathContext } from '../path/path-context.ts';
import type { ServerConnection } from './server-connection.ts';

/** What is counted and told of one exchange. Reused by the exchanges of a client connection. */
export class ExchangeRecord {
  /** What the client got; 0 while it got none. */
  status = 0;
  /** The server of this exchange; of the last one until the next is reached. */
  server: Server | undefined = undefined;
  readonly #context: PathContext;
  readonly #client: Client;
  readonly #sessionId: number;
  #method = '';
  #startedMs = 0;
  #connection: ServerConnection | undefined = undefined;
  #countedRead = 0;
  #countedWritten = 0;

  constructor(context: PathContext, client: Client, sessionId: number) {
    this.#context = context;
    this.#client = client;
    this.#sessionId = sessionId;
  }

  /** Hot path. */
  begin(method: string, nowMs: number): void {
    this.status = 0;
    this.#method = method;
    this.server = undefined;
    this.#startedMs = nowMs;
  }

  /** A connection carries the exchange from now on: what it carried before is others'. Hot path. */
  reached(connection: ServerConnection): void {
    this.server = connection.server;
    this.#connection = connection;
    this.#countedRead = connection.connection.bytesRead;
    this.#countedWritten = connection.connection.bytesWritten;
  }

  /** Adds what moved since the last call to the counters of service and server. Hot path. */
  updateCounters(): void {
    if (this.#connection === undefined) return;
    const { server, connection } = this.#connection;
    const read = connection.bytesRead - this.#countedRead;
    server.bytesFromServer += read;
    server.bytesFromClients += connection.bytesWritten - this.#countedWritten;
    this.#context.counters.bytesFromServers += read;
    this.#countedRead = connection.bytesRead;
    this.#countedWritten = connection.bytesWritten;
  }

  /** The connection carries the exchange no more. Hot path. */
  left(): void {
    this.updateCounters();
    this.#connection = undefined;
  }

  /** Counts the exchange and publishes its fact, where somebody listens. Hot path. */
  finish(): void {
    const { counters, facts, service, runtime } = this.#context;
    if (this.status > 0) counters.exchangesTotal += 1;
    if (facts.listenerCount('exchangeFinished') === 0) return;
    facts.publish('exchangeFinished', {
      service,
      sessionId: this.#sessionId,
      client: formatEndpoint(this.#client.address.toString(), this.#client.port),
      server: this.server?.name,
      method: this.#method,
      status: this.status,
      durationMs: runtime.clock.nowMs() - this.#startedMs,
      atMs: runtime.clock.wallMs(),
    });
  }
}
