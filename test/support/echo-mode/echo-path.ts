import { DrainGate } from '../../../src/base/drain-gate.ts';
import type { Connection, ConnectionHandler } from '../../../src/engine/engine.ts';
import type { ConnectionPath } from '../../../src/path/data-path.ts';
import type { PathContext } from '../../../src/path/path-context.ts';
import type { SessionOverview } from '../../../src/path/session-overview.ts';
import type { ResolvedEchoOptions } from './echo-mode.ts';

export class EchoPath implements ConnectionPath, ConnectionHandler {
  readonly #context: PathContext;
  readonly #prefix: Buffer;
  readonly #connections = new Set<Connection>();
  readonly #drained = new DrainGate();

  constructor(context: PathContext, { prefix }: ResolvedEchoOptions) {
    this.#context = context;
    this.#prefix = Buffer.from(prefix);
  }

  get size(): number {
    return this.#connections.size;
  }

  onAccept(connection: Connection): void {
    this.#connections.add(connection);
    this.#context.counters.sessions += 1;
    this.#context.counters.sessionsTotal += 1;
    connection.handler = this;
    connection.resume();
  }

  onData(connection: Connection, bytes: Buffer, start: number, end: number): void {
    connection.write(this.#prefix, 0, this.#prefix.length);
    if (!connection.write(bytes, start, end)) connection.pause();
  }

  onDrain(connection: Connection): void {
    connection.resume();
  }

  onEnd(connection: Connection): void {
    connection.end();
  }

  onClose(connection: Connection): void {
    this.#connections.delete(connection);
    this.#context.counters.sessions -= 1;
    this.#context.sessionEnded();
    if (this.size === 0) this.#drained.open();
  }

  drain(): Promise<void> {
    return this.size === 0 ? Promise.resolve() : this.#drained.wait();
  }

  abort(): number {
    for (const connection of this.#connections) connection.reset();
    return this.size;
  }

  describeSessions(): readonly SessionOverview[] {
    return [];
  }

  onConnect(): void {}
  onRelayed(): void {}
}
