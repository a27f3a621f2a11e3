import type { Engine } from '../../engine/engine.ts';
import { TcpRun } from '../../run/tcp-run.ts';
import { UdpRun } from '../../run/udp-run.ts';
import type { JoinedPersistences } from '../../persistence/shared-persistence.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { FollowingPool } from './following-pool.ts';
import type { MainLink } from './main-link.ts';
import type { Order, SharedServerState, Request, RunOrder } from './messages.ts';
import { SharedCounters } from './shared-counters.ts';
import { SharedLimit } from './shared-limit.ts';

/** What all runs of a worker have in common. */
export interface WorkerContext {
  readonly row: number;
  readonly rows: number;
  readonly engine: Engine;
  readonly runtime: Runtime;
  readonly link: MainLink;
  readonly persistences: JoinedPersistences;
}

type Open = TcpRun | UdpRun;

/** One run of a listener in this worker: its data path over a copy of the pool. */
export class WorkerRun {
  readonly #open: Open;
  readonly #pool: FollowingPool;
  readonly #limit: SharedLimit | undefined;

  private constructor(open: Open, pool: FollowingPool, limit: SharedLimit | undefined) {
    this.#open = open;
    this.#pool = pool;
    this.#limit = limit;
  }

  /**
   * @param predecessor the run in this worker whose socket it takes over
   * @throws SluiceError as `Engine.listen` and `Engine.bindUdp`; nothing is left open
   */
  static async start(order: RunOrder, context: WorkerContext, predecessor?: WorkerRun): Promise<WorkerRun> {
    const { run, name, host, port, descriptor, mode, arrival } = order;
    const { row, rows, engine, runtime, link } = context;
    const counters = new SharedCounters(order.memory, rows, row);
    const pool = new FollowingPool(order, counters, row, link, runtime.random);
    const persistence = context.persistences.join(order.persistence);
    const options = { name, host, port, mode, arrival, pool: pool.pool, persistence, engine, runtime };
    const { traffic } = counters;
    const theirs = predecessor === undefined ? undefined : predecessor.#open;
    if (arrival === undefined) {
      const previous = theirs instanceof UdpRun ? theirs : undefined;
      const open = await UdpRun.open(options, link.facts, traffic, previous, descriptor);
      return new WorkerRun(open, pool, undefined);
    }
    const limit = new SharedLimit(arrival.maxSessions, counters, () => {
      link.send({ kind: 'roomLeft', run });
    });
    const share = { descriptor, limit };
    const previous = theirs instanceof TcpRun ? theirs : undefined;
    const open = await TcpRun.open(options, link.facts, traffic, previous, share);
    return new WorkerRun(open, pool, limit);
  }

  /** @returns the answer, where the request is a question */
  async carryOut(request: Exclude<Request, { readonly kind: 'open' }>): Promise<unknown> {
    switch (request.kind) {
      case 'servers':
        this.#follow(request.servers);
        break;
      case 'drain':
        await this.#open.drain(request.keepsIdle);
        break;
      case 'rebind':
        await this.#open.rebind(request.descriptor);
        break;
      default:
        return this.#open[request.kind]();
    }
    return undefined;
  }

  #follow(servers: readonly SharedServerState[]): void {
    this.#pool.follow(servers);
  }

  take(order: Extract<Order, { readonly run: number }>): void {
    switch (order.kind) {
      case 'abort':
        this.#abort(order);
        break;
      case 'room':
        this.#limit?.offer();
        this.#pool.offer(order.server);
        break;
      case 'count':
        this.#open.updateCounters();
        break;
    }
  }

  #abort({ reason, server: name }: Extract<Order, { readonly kind: 'abort' }>): void {
    const server = this.#pool.pool.get(name);
    if (name === undefined) this.#open.abort(reason);
    else if (server !== undefined) this.#open.abort(reason, server);
  }
}
