import { connect } from 'node:net';
import {
  Balancer,
  type BalancerConfig,
  type BalancerOptions,
  type ServiceConfig,
  type TcpServiceConfig,
} from '../../../src/index.ts';
import { OtherSide } from '../../contract/engine/other-side.ts';
import { FactRecord } from '../../support/fact-record.ts';
import { TinyServer } from '../../support/tiny-server.ts';

/** A TCP service on a free loopback port; what is given wins. */
export function tcpService(
  name: string,
  servers: ServiceConfig['servers'],
  changes: Partial<Omit<TcpServiceConfig, 'mode'>> = {},
): TcpServiceConfig {
  return { name, mode: 'tcp', host: '127.0.0.1', port: 0, servers, ...changes };
}

/** Balancers in front of tiny servers on loopback, and their clients. */
export class BalancerScene {
  readonly clients: OtherSide[] = [];
  readonly #servers: TinyServer[] = [];
  readonly #balancers: Balancer[] = [];
  #facts: FactRecord | undefined = undefined;

  get balancer(): Balancer {
    return this.#balancers[0]!;
  }

  /** Of the first balancer. */
  get facts(): FactRecord {
    return this.#facts!;
  }

  async addServer(name: string, place: { host?: string; port?: number } = {}): Promise<TinyServer> {
    const server = await TinyServer.start(name, place);
    this.#servers.push(server);
    return server;
  }

  build(config: BalancerConfig, options?: BalancerOptions): Balancer {
    const balancer = new Balancer(config, options);
    this.#balancers.push(balancer);
    this.#facts ??= new FactRecord(balancer);
    return balancer;
  }

  async start(...services: ServiceConfig[]): Promise<Balancer> {
    const balancer = this.build({ services });
    await balancer.start();
    return balancer;
  }

  portOf(service: string): number {
    const found = this.balancer.overview().services.find(({ name }) => name === service);
    return found?.listeners[0]?.port ?? 0;
  }

  connect(service: string, localAddress = '127.0.0.1'): OtherSide {
    const options = { host: '127.0.0.1', port: this.portOf(service), localAddress };
    const client = new OtherSide(connect({ ...options, allowHalfOpen: true, noDelay: true }));
    this.clients.push(client);
    return client;
  }

  /** A client that has heard which server it is with. */
  async session(service: string, localAddress?: string): Promise<OtherSide> {
    const client = this.connect(service, localAddress);
    await client.untilBytes(2);
    return client;
  }

  async close(): Promise<void> {
    for (const { socket } of this.clients) socket.destroy();
    for (const server of this.#servers) server.kill();
    await Promise.all(this.#balancers.map((balancer) => balancer.stop({ graceMs: 0 })));
  }
}
