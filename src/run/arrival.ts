import type { Acceptor, ConnectionHandler } from '../engine/engine.ts';
import type { ArrivalStage, MakeStage, Onward } from '../path/arrival-stage.ts';
import { ConnectionClient } from '../path/connection-client.ts';
import type { PathContext } from '../path/path-context.ts';
import { reset } from '../path/refusal.ts';
import { SessionReport } from '../path/session-report.ts';

/** The stages of one run, in order, with the data path behind. */
export class Arrival {
  /** Where a client goes first: a stage, or the data path. */
  readonly first: Acceptor;
  readonly #stages: readonly ArrivalStage[];
  readonly #context: PathContext;

  constructor(makers: readonly MakeStage[], path: Acceptor, context: PathContext) {
    this.#context = context;
    const stages: ArrivalStage[] = [];
    for (const make of [...makers].reverse()) stages.unshift(make(this.#onwardTo(stages[0] ?? path)));
    this.#stages = stages;
    this.first = stages[0] ?? path;
  }

  close(): void {
    for (const stage of this.#stages) stage.close();
  }

  #onwardTo(next: Acceptor): Onward {
    return {
      pass: (connection) => {
        next.onAccept(connection);
      },
      refuse: (connection, reason, how = reset) => {
        connection.handler = deaf;
        new SessionReport(this.#context, new ConnectionClient(connection)).refused(reason);
        how.send(connection);
        this.#context.sessionEnded();
      },
      gone: () => {
        this.#context.sessionEnded();
      },
    };
  }
}

/** Of a connection that is over. */
const deaf: ConnectionHandler = {
  onConnect: () => undefined,
  onData: () => undefined,
  onEnd: () => undefined,
  onDrain: () => undefined,
  onRelayed: () => undefined,
  onClose: () => undefined,
};
