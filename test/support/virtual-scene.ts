import {
  Listener,
  type HttpListenerOptions,
  type PoolOptions,
  type ServerOptions,
  type TcpListenerOptions,
} from '../../src/index.ts';
import type { Connection, Engine, TcpListener } from '../../src/engine/engine.ts';
import { VirtualNetwork, type VirtualHost, type VirtualNetworkOptions } from '../../src/testing.ts';
import { Recorder } from '../contract/engine/recorder.ts';
import { FactRecord } from './fact-record.ts';

/** One end of a connection: a client's or a server's. */
export class VirtualEnd {
  readonly connection: Connection;
  readonly recorder: Recorder;

  constructor(connection: Connection, recorder: Recorder) {
    this.connection = connection;
    this.recorder = recorder;
  }

  get text(): string {
    return this.recorder.text;
  }

  send(text: string | Buffer): this {
    const bytes = Buffer.from(text as string, 'latin1');
    this.connection.write(bytes, 0, bytes.length);
    return this;
  }

  end(): void {
    this.connection.end();
  }

  reset(): void {
    this.connection.reset();
  }
}

/** A real server on a host of its own; every connection that it accepts reads. */
export class VirtualServer {
  readonly name: string;
  readonly address: string;
  readonly host: VirtualHost;
  readonly accepted: VirtualEnd[] = [];
  /** Called with each connection, and the bytes that came last. */
  onData: (end: VirtualEnd, bytes: Buffer) => void = () => undefined;
  readonly #engine: Engine;

  constructor(network: VirtualNetwork, name: string, address: string) {
    this.name = name;
    this.address = address;
    this.host = network.host(address);
    this.#engine = network.engine(this.host);
  }

  async listen(port: number): Promise<void> {
    await this.#engine.listen(
      { host: this.address, port },
      { onAccept: (connection) => this.#accept(connection) },
    );
  }

  /** As a process that is killed: everything is reset, and nothing listens. */
  crash(): Promise<void> {
    return this.#engine.close();
  }

  /** The connection that was accepted last. */
  get last(): VirtualEnd {
    const end = this.accepted.at(-1);
    if (end === undefined) throw new Error(`${this.name} has accepted nothing`);
    return end;
  }

  #accept(connection: Connection): void {
    const recorder = new Recorder();
    const end = new VirtualEnd(connection, recorder);
    recorder.on.data = (_connection, bytes) => {
      this.onData(end, bytes);
    };
    connection.handler = recorder;
    this.accepted.push(end);
    connection.resume();
  }
}

const servicePort = 104;
const serviceAddress = '192.0.2.1';

type Fixed = 'mode' | 'pool' | 'engine' | 'runtime';
type ModeOptions = Omit<TcpListenerOptions, Fixed> & Omit<HttpListenerOptions, Fixed>;

export interface SceneOptions extends Partial<ModeOptions> {
  /** @default 'tcp' */
  readonly mode?: 'tcp' | 'http';
  readonly network?: VirtualNetworkOptions;
  readonly pool?: Omit<PoolOptions, 'servers'>;
  /** Names; nothing listens where one ends in `x`. @default ['A', 'B'] */
  readonly servers?: readonly string[];
  /** What all of them have. */
  readonly eachServer?: Partial<ServerOptions>;
}

/** A listener in front of servers, and its clients, on a virtual network. */
export class VirtualScene {
  readonly network: VirtualNetwork;
  readonly listener: Listener;
  readonly facts: FactRecord;
  readonly servers: readonly VirtualServer[];
  readonly #host: VirtualHost;
  readonly #clients: Engine;

  static async start(options: SceneOptions = {}): Promise<VirtualScene> {
    const scene = new VirtualScene(options);
    for (const server of scene.servers) if (!server.name.endsWith('x')) await server.listen(servicePort);
    await scene.listener.start();
    return scene;
  }

  constructor({ network: conditions, servers = ['A', 'B'], eachServer, pool, ...options }: SceneOptions) {
    const network = new VirtualNetwork(conditions);
    this.network = network;
    this.servers = servers.map((name, index) => new VirtualServer(network, name, `192.0.2.${index + 11}`));
    this.#host = network.host(serviceAddress);
    this.#clients = network.engine(network.host('198.51.100.1'));
    this.listener = new Listener({
      name: 'TEST',
      mode: 'tcp',
      host: serviceAddress,
      port: servicePort,
      ...options,
      pool: {
        ...pool,
        servers: this.servers.map(({ name, address: host }) => ({ ...eachServer, name, host })),
      },
      engine: network.engine(this.#host),
      runtime: network.runtime,
    });
    this.facts = new FactRecord(this.listener);
  }

  /** A client that connects and reads. */
  connect(): VirtualEnd {
    const recorder = new Recorder();
    return new VirtualEnd(
      this.#clients.connect({ host: serviceAddress, port: servicePort }, recorder),
      recorder,
    );
  }

  /** A client whose session has reached its server. @returns both ends */
  async session(): Promise<{ client: VirtualEnd; server: VirtualEnd }> {
    const before = this.servers.map(({ accepted }) => accepted.length);
    const client = this.connect();
    await this.network.run();
    const server = this.servers.find(({ accepted }, index) => accepted.length > (before[index] ?? 0));
    if (server === undefined) throw new Error('no server was reached');
    return { client, server: server.last };
  }

  /** Another process of the listener's host takes its port. */
  takePort(): Promise<TcpListener> {
    const where = { host: serviceAddress, port: servicePort };
    return this.network.engine(this.#host).listen(where, { onAccept: () => undefined });
  }

  server(index: number): VirtualServer {
    const server = this.servers[index];
    if (server === undefined) throw new Error(`there is no server ${index}`);
    return server;
  }

  /** So many things happen, fewer where nothing is under way; no time passes but that of packets. */
  happen(count: number): void {
    for (let steps = 0; steps < count && !this.network.isQuiet; steps++) this.network.step();
  }

  /** Stops the listener, and checks that nothing is left of any session. */
  async stop(): Promise<void> {
    await this.network.until(this.listener.stop({ graceMs: 0 }));
    await this.network.run();
    const { sessions } = this.listener.overview();
    const leases = this.listener.pool.servers.map((server) => server.sessions);
    if (sessions !== 0 || leases.some((count) => count !== 0))
      throw new Error(`left behind: ${sessions} sessions, ${leases.join()} with servers`);
  }
}
