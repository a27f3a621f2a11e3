import { DrainGate } from '../base/drain-gate.ts';
import type { Acceptor, Connection } from '../engine/engine.ts';
import { unclaimed } from '../engine/common/unclaimed.ts';
import type { ArrivalStage, MakeStage, Onward } from '../path/arrival-stage.ts';
import { ConnectionClient } from '../path/connection-client.ts';
import type { ConnectionPath } from '../path/data-path.ts';
import type { PathContext } from '../path/path-context.ts';
import { reset } from '../path/refusal.ts';
import { SessionReport } from '../path/session-report.ts';

/** The stages of one run, in order, with the data path behind. */
export class Arrival implements Acceptor {
  /** Where a client goes first: here where there are stages, else to the data path. */
  readonly first: Acceptor;
  readonly #stages: readonly ArrivalStage[];
  readonly #context: PathContext;
  readonly #drained = new DrainGate();
  /** Clients that have neither reached the data path nor gone. */
  #count = 0;

  constructor(makers: readonly MakeStage[], path: ConnectionPath, context: PathContext) {
    const stages: ArrivalStage[] = [];
    const last: Acceptor = {
      onAccept: (connection) => {
        path.onAccept(connection);
        this.#left();
      },
    };
    for (const make of [...makers].reverse()) stages.unshift(make(this.#onwardTo(stages[0] ?? last)));
    this.#context = context;
    this.#stages = stages;
    this.first = stages.length === 0 ? path : this;
  }

  onAccept(connection: Connection): void {
    this.#count += 1;
    this.#stages[0]?.onAccept(connection);
  }

  /** Resolves once no stage holds a client. */
  drain(): Promise<void> {
    return this.#count === 0 ? Promise.resolve() : this.#drained.wait();
  }

  close(): void {
    for (const stage of this.#stages) stage.close();
  }

  #left(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#drained.open();
  }

  #onwardTo(next: Acceptor): Onward {
    return {
      pass: (connection) => {
        next.onAccept(connection);
      },
      refuse: (connection, reason, how = reset) => {
        connection.handler = unclaimed;
        new SessionReport(this.#context, new ConnectionClient(connection)).refused(reason);
        how.send(connection);
        this.#gone();
      },
      gone: () => {
        this.#gone();
      },
    };
  }

  #gone(): void {
    this.#context.sessionEnded();
    this.#left();
  }
}
