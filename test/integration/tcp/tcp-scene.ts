import { connect } from 'node:net';
import { Listener, type PoolOptions, type TcpListenerOptions } from '../../../src/index.ts';
import { OtherSide } from '../../contract/engine/other-side.ts';
import { FactRecord } from '../../support/fact-record.ts';
import { TinyServer } from '../../support/tiny-server.ts';

type SceneOptions = Partial<Omit<TcpListenerOptions, 'pool'>> & {
  /** Beside the servers. */
  readonly pool?: Partial<PoolOptions>;
};

/** A TCP listener in front of tiny servers on loopback, and its clients. */
export class TcpScene {
  readonly servers: TinyServer[] = [];
  readonly clients: OtherSide[] = [];
  readonly #listeners: Listener[] = [];
  #facts: FactRecord | undefined = undefined;

  get listener(): Listener {
    return this.#listeners[0]!;
  }

  get facts(): FactRecord {
    return this.#facts!;
  }

  async addServers(...names: string[]): Promise<readonly TinyServer[]> {
    const added = await Promise.all(names.map((name) => TinyServer.start(name)));
    this.servers.push(...added);
    return added;
  }

  /** A listener on a free port, not started, in front of all servers there are. */
  listen({ pool, ...options }: SceneOptions = {}): Listener {
    const servers = this.servers.map((server) => server.options);
    const listener = new Listener({
      name: 'dicom',
      mode: 'tcp',
      host: '127.0.0.1',
      port: 0,
      ...options,
      pool: { servers, ...pool },
    });
    this.#listeners.push(listener);
    this.#facts ??= new FactRecord(listener);
    return listener;
  }

  /** A listener in front of so many servers, s1, s2, …, both started. */
  async start(serverCount: number, options: SceneOptions = {}): Promise<void> {
    await this.addServers(...Array.from({ length: serverCount }, (_, index) => `s${index + 1}`));
    await this.listen(options).start();
  }

  /** A client, connected or not yet. */
  connect(localAddress = '127.0.0.1'): OtherSide {
    const options = { host: '127.0.0.1', port: this.listener.port, localAddress };
    const client = new OtherSide(connect({ ...options, allowHalfOpen: true, noDelay: true }));
    this.clients.push(client);
    return client;
  }

  /** A client that has heard which server it is with. */
  async session(localAddress?: string): Promise<OtherSide> {
    const client = this.connect(localAddress);
    await client.untilBytes(2);
    return client;
  }

  server(name: string): TinyServer {
    return this.servers.find((server) => server.name === name)!;
  }

  async close(): Promise<void> {
    for (const { socket } of this.clients) socket.destroy();
    for (const server of this.servers) server.kill();
    await Promise.all(this.#listeners.map((listener) => listener.stop({ graceMs: 0 })));
  }
}
