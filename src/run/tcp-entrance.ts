import type { Acceptor, Connection, Engine, ListenOptions, TcpListener } from '../engine/engine.ts';

/**
 * A bound TCP port, and who takes the connections that are accepted there: one run of a listener, and the next one
 * in its place. The socket stays with its backlog, so no client notices.
 */
export class TcpEntrance implements Acceptor {
  /** Undefined until its first owner is there, which is before the first connection. */
  owner: Acceptor | undefined = undefined;
  #listener: TcpListener | undefined = undefined;

  /** @throws SluiceError as `Engine.listen` */
  static async open(engine: Engine, options: ListenOptions): Promise<TcpEntrance> {
    const entrance = new TcpEntrance();
    entrance.#listener = await engine.listen(options, entrance);
    return entrance;
  }

  get listener(): TcpListener {
    if (this.#listener === undefined) throw new TypeError('the entrance is not open yet');
    return this.#listener;
  }

  /** Hot path. */
  onAccept(connection: Connection): void {
    this.owner?.onAccept(connection);
  }
}
