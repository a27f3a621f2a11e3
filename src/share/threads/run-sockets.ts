import { SharedSockets, type SharedSocketsOptions } from '../../engine/linux/shared-sockets.ts';

/** The sockets of one run of a service, one for each worker. They go on to the run that takes over. */
export class RunSockets {
  readonly host: string;
  readonly port: number;
  readonly #options: SharedSocketsOptions;
  /** Undefined while they are another run's, or closed. */
  #own: SharedSockets | undefined;
  /** The sockets that `takeOver` moves here. */
  #predecessor: RunSockets | undefined;

  /**
   * @param predecessor whose sockets `takeOver` moves here; without one, or where it has none, they are bound
   * @throws SluiceError as `Engine.listen` and `Engine.bindUdp`
   */
  constructor(options: SharedSocketsOptions, predecessor: RunSockets | undefined) {
    this.#options = options;
    this.#predecessor = predecessor?.isOpen === true ? predecessor : undefined;
    this.#own = this.#predecessor === undefined ? new SharedSockets(options) : undefined;
    const { host, port } = this.#predecessor ?? this.#own ?? options;
    this.host = host;
    this.port = port;
  }

  get isOpen(): boolean {
    return this.#own !== undefined;
  }

  /** From its own sockets, or from those that it will take over; undefined where there are none. */
  descriptorOf(row: number): number | undefined {
    return this.#own?.descriptors[row] ?? this.#predecessor?.descriptorOf(row);
  }

  /** @returns false where the predecessor has closed them meanwhile */
  takeOver(): boolean {
    const predecessor = this.#predecessor;
    if (predecessor === undefined) return true;
    this.#predecessor = undefined;
    this.#own = predecessor.detach();
    return this.#own !== undefined;
  }

  /** @returns sockets for the caller to close once no worker has a duplicate any more */
  detach(): SharedSockets | undefined {
    const own = this.#own;
    this.#own = undefined;
    return own;
  }

  /** Binds the same port again. @throws SluiceError as the constructor */
  rebind(): void {
    this.#own = new SharedSockets({ ...this.#options, port: this.port });
  }
}
