import { FactEmitter } from '../../src/facts/fact-emitter.ts';
import { httpDefaults } from '../../src/http/http-options.ts';
import { HttpPath } from '../../src/http/http-path.ts';
import type { PoolOptions, ServiceEvents } from '../../src/index.ts';
import type { ConnectionPath } from '../../src/path/data-path.ts';
import { TrafficCounters } from '../../src/path/traffic-counters.ts';
import { none } from '../../src/persistence/none.ts';
import { Pool } from '../../src/pool/pool.ts';
import { openContext } from '../../src/run/open-context.ts';
import type { Peeking } from '../../src/tcp/peek.ts';
import { tcpDefaults } from '../../src/tcp/tcp-options.ts';
import { TcpPath } from '../../src/tcp/tcp-path.ts';
import { VirtualNetwork } from '../../src/testing.ts';
import { Recorder } from '../contract/engine/recorder.ts';
import { FactRecord } from './fact-record.ts';
import { VirtualEnd } from './virtual-scene.ts';

const here = { host: '192.0.2.1', port: 104 };

/** A data path alone on a virtual network, for what only its run may do. One server listens, at 192.0.2.11. */
export class VirtualPath {
  readonly network = new VirtualNetwork();
  readonly facts = new FactEmitter<ServiceEvents>();
  readonly record = new FactRecord(this.facts);
  readonly pool: Pool;
  readonly path: ConnectionPath;
  /** Client connections that have ended. */
  ended = 0;
  readonly #engine = this.network.engine(this.network.host(here.host));

  private constructor(mode: 'tcp' | 'http', pool: PoolOptions, peeking: Peeking | undefined) {
    this.pool = new Pool(pool);
    const context = openContext({
      options: { name: 'PATH', pool: this.pool, persistence: none(), runtime: this.network.runtime },
      bound: here,
      engine: this.#engine,
      quickAck: false,
      facts: this.facts,
      counters: new TrafficCounters(),
      sessionEnded: () => (this.ended += 1),
      abortServer: () => undefined,
    });
    const http = { ...httpDefaults, maxRequestsPerConnection: Infinity, fallback: undefined };
    this.path = mode === 'tcp' ? new TcpPath(context, tcpDefaults, peeking) : new HttpPath(context, http);
  }

  /** @param peeking of TCP mode */
  static async open(mode: 'tcp' | 'http', pool: PoolOptions, peeking?: Peeking): Promise<VirtualPath> {
    const scene = new VirtualPath(mode, pool, peeking);
    const { network, path } = scene;
    await scene.#engine.listen(here, path);
    const server = network.engine(network.host('192.0.2.11'));
    await server.listen({ host: '192.0.2.11', port: 104 }, { onAccept: (connection) => connection.resume() });
    return scene;
  }

  connect(): VirtualEnd {
    const recorder = new Recorder();
    const client = this.network.engine(this.network.host('198.51.100.1'));
    return new VirtualEnd(client.connect(here, recorder), recorder);
  }
}
