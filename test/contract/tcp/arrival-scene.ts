import { FactEmitter } from '../../../src/facts/fact-emitter.ts';
import type { ServiceEvents } from '../../../src/facts/service-events.ts';
import type { MakeStage } from '../../../src/path/arrival-stage.ts';
import { TrafficCounters } from '../../../src/path/traffic-counters.ts';
import { none } from '../../../src/persistence/none.ts';
import { Pool } from '../../../src/pool/pool.ts';
import { Arrival } from '../../../src/run/arrival.ts';
import { openContext } from '../../../src/run/open-context.ts';
import type { Peeking } from '../../../src/tcp/peek.ts';
import { tcpDefaults } from '../../../src/tcp/tcp-options.ts';
import { TcpPath } from '../../../src/tcp/tcp-path.ts';
import { FactRecord } from '../../support/fact-record.ts';
import { promiseOf, type EngineFixture } from '../engine/engine-fixture.ts';
import { OtherSide } from '../engine/other-side.ts';

/** What a test puts before the data path. */
export interface Arrangement {
  readonly stages?: readonly MakeStage[];
  readonly peeking?: Peeking;
}

/** TCP mode in front of one server, with stages and a peek of a test. */
export class ArrivalScene {
  readonly facts: FactRecord;
  readonly arrival: Arrival;
  readonly pool: Pool;
  /** Sessions that have ended, and clients that never had one. */
  left = 0;
  readonly #fixture: EngineFixture;
  readonly #accepted = promiseOf<OtherSide>();
  #port = 0;

  private constructor(fixture: EngineFixture, serverPort: number, { stages = [], peeking }: Arrangement) {
    const facts = new FactEmitter<ServiceEvents>();
    this.#fixture = fixture;
    this.facts = new FactRecord(facts);
    this.pool = new Pool({ servers: [{ name: 'A', host: '127.0.0.1', port: serverPort }] });
    const context = openContext({
      options: {
        name: 'ARRIVAL',
        pool: this.pool,
        persistence: none(),
        runtime: fixture.world.runtime,
      },
      bound: { host: '127.0.0.1', port: 1 },
      engine: fixture.engine,
      quickAck: false,
      facts,
      counters: new TrafficCounters(),
      sessionEnded: () => (this.left += 1),
      abortServer: () => undefined,
    });
    this.arrival = new Arrival(stages, new TcpPath(context, tcpDefaults, peeking), context);
  }

  static async open(fixture: EngineFixture, arrangement: Arrangement): Promise<ArrivalScene> {
    const accepted = promiseOf<OtherSide>();
    const port = await fixture.plainServer((socket) => {
      accepted.resolve(new OtherSide(socket));
    });
    const scene = new ArrivalScene(fixture, port, arrangement);
    void accepted.promise.then(scene.#accepted.resolve);
    const listener = await fixture.listen((connection) => {
      scene.arrival.first.onAccept(connection);
    });
    scene.#port = listener.port;
    return scene;
  }

  /** The server's end of the first session. */
  get server(): Promise<OtherSide> {
    return this.#accepted.promise;
  }

  dial(): OtherSide {
    return this.#fixture.dial(this.#port);
  }
}
