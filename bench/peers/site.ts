import { missingDebian } from './installed.ts';
import type { ClientQuestion } from './load/clients.ts';
import type { LoadResult } from './load/load-result.ts';
import { startOrigin } from './load/origin.ts';
import { Remote } from './load/remote.ts';
import type { ServerPorts, StartServers } from './load/servers.ts';
import type { Address, RunningSubject } from './subject.ts';

/** Servers stand on loopback addresses of their own, all answered by the same processes. */
function serverHost(index: number): string {
  return `127.1.${(index + 1) >> 8}.${(index + 1) & 255}`;
}

const usualServers = 3;

/** What stands around the subjects for the whole run: real servers and load generators. */
export class Site {
  readonly #servers: Remote<StartServers, ServerPorts>;
  readonly #clients: Remote<ClientQuestion, LoadResult>;
  readonly #ports: ServerPorts;
  readonly #origin: RunningSubject | undefined;

  private constructor(
    servers: Remote<StartServers, ServerPorts>,
    ports: ServerPorts,
    origin: RunningSubject | undefined,
  ) {
    this.#servers = servers;
    this.#clients = new Remote('clients.ts');
    this.#ports = ports;
    this.#origin = origin;
  }

  static async open(): Promise<Site> {
    const servers = new Remote<StartServers, ServerPorts>('servers.ts');
    const udpHosts = Array.from({ length: usualServers }, (_, index) => serverHost(index));
    const ports = await servers.ask({ udpHosts });
    const origin = httpMissing() === undefined ? await startOrigin(ports.httpEcho) : undefined;
    return new Site(servers, ports, origin);
  }

  /** Servers for the transfers that the load generators of this folder ask for. */
  transferServers(): readonly Address[] {
    return this.serversOn(this.#ports.transfer);
  }

  httpServers(count = usualServers): readonly Address[] {
    if (this.#origin === undefined) throw new Error(httpMissing());
    return this.serversOn(this.#origin.address.port, count);
  }

  udpServers(): readonly Address[] {
    return this.serversOn(this.#ports.udp);
  }

  /** Servers that listen on this port of every loopback address. */
  serversOn(port: number, count = usualServers): readonly Address[] {
    return Array.from({ length: count }, (_, index) => ({ host: serverHost(index), port }));
  }

  /** Has the load generators do something. */
  load(question: ClientQuestion): Promise<LoadResult> {
    return this.#clients.ask(question);
  }

  async close(): Promise<void> {
    this.#servers.stop();
    this.#clients.stop();
    await this.#origin?.stop();
  }
}

/** Why there are no HTTP workloads here, or undefined. */
export function httpMissing(): string | undefined {
  return missingDebian('nginx', 'libnginx-mod-stream', 'wrk');
}
