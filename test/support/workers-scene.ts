import { readdirSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { workersProblem } from '../../src/share/threads/workers-problem.ts';
import type { Balancer, BalancerConfig, BalancerOptions, ServiceConfig } from '../../src/index.ts';
import { hangWorker, holdWorker } from './hang-worker.ts';
import { BalancerScene } from '../integration/balancer/balancer-scene.ts';

/** Why this run has no workers to test; undefined where it has. */
export const noWorkers = workersProblem();

/** Session ids come in blocks, each of one thread. */
const idsPerBlock = 4096;

/** Which block of ids, and so which worker, a session is of. */
export function blockOf({ sessionId }: { readonly sessionId: number }): number {
  return Math.floor((sessionId - 1) / idsPerBlock);
}

/** What the system says that this process has open, sockets and pipes, and how many threads. */
export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

export function threads(): number {
  return readdirSync('/proc/self/task').length;
}

/** A balancer with workers, whose threads the test can get hold of. */
export class WorkersScene extends BalancerScene {
  /** Every worker thread that was started since, those that are gone included. */
  readonly workers: Worker[] = [];
  readonly #count: number;
  readonly #note = (worker: Worker): void => {
    this.workers.push(worker);
  };

  constructor(count: number) {
    super();
    this.#count = count;
    process.on('worker', this.#note);
  }

  override build(config: BalancerConfig, options?: BalancerOptions): Balancer {
    return super.build({ workers: this.#count, ...config }, options);
  }

  override async start(...services: ServiceConfig[]): Promise<Balancer> {
    const balancer = this.build({ services });
    await balancer.start();
    return balancer;
  }

  /** Has a worker meet an uncaught exception: an order that nobody knows. */
  crash(index: number): void {
    this.workers[index]!.postMessage({ kind: 'nonsense' });
  }

  /** Has the worker of that row loop for ever. */
  async hang(row: number): Promise<void> {
    await hangWorker(`sluice worker ${row}`);
  }

  /** Has the worker of that row do nothing else until it is released. @returns releases it */
  hold(row: number): Promise<() => void> {
    return holdWorker(`sluice worker ${row}`);
  }

  override async close(): Promise<void> {
    process.off('worker', this.#note);
    await super.close();
  }
}
