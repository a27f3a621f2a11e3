/** The program of a worker thread. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { descriptorBudget } from '../../engine/budget/descriptor-limit.ts';
import { LinuxEngine } from '../../engine/linux/linux-engine.ts';
import { useOwnUdpPorts } from '../../engine/common/own-udp-ports.ts';
import { SluiceError } from '../../base/errors.ts';
import { JoinedPersistences } from '../../persistence/shared-persistence.ts';
import { systemRuntime } from '../../runtime/system-runtime.ts';
import { threadClock } from '../../runtime/thread-clock.ts';
import { useSessionIds } from '../../path/traffic-counters.ts';
import { MainLink } from './main-link.ts';
import type { Order, Request, WorkerData } from './messages.ts';
import { Heartbeat } from './pulse.ts';
import { WorkerRun, type WorkerContext } from './worker-run.ts';

/** Does what the main thread orders. An order that it does not know ends the worker, as any fault does. */
class WorkerProgram {
  readonly #port: MessagePort;
  readonly #context: WorkerContext;
  readonly #runs = new Map<number, WorkerRun>();
  readonly #heartbeat: Heartbeat;

  constructor(port: MessagePort, { row, rows, clockOriginMs, pulse }: WorkerData) {
    const link = new MainLink(port);
    const runtime = {
      clock: threadClock(clockOriginMs),
      random: systemRuntime.random,
      log: (level: 'info' | 'warn' | 'error', message: string) => {
        link.send({ kind: 'log', level, message });
      },
    };
    this.#port = port;
    const engine = new LinuxEngine(runtime);
    this.#context = { row, rows, engine, runtime, link, persistences: new JoinedPersistences(row) };
    this.#heartbeat = new Heartbeat(pulse, runtime.clock);
    port.on('message', (order: Order) => {
      this.#take(order);
    });
    link.send({ kind: 'ready' });
  }

  #take(order: Order): void {
    switch (order.kind) {
      case 'request':
        void this.#answer(order.id, order.request);
        break;
      case 'abort':
      case 'room':
      case 'count':
        // A run that could not be opened, or is disposed of, is nobody's business any more.
        this.#runs.get(order.run)?.take(order);
        break;
      case 'listeners':
        this.#context.link.listenTo(order.events);
        break;
      case 'end':
        void this.#end();
        break;
      default:
        throw new TypeError(`unknown order ${JSON.stringify(order satisfies never)}`);
    }
  }

  async #answer(id: number, request: Request): Promise<void> {
    const { link } = this.#context;
    try {
      const answer = await this.#carryOut(request);
      link.send({ kind: 'done', id, answer });
    } catch (error) {
      const code = SluiceError.is(error) ? error.code : 'SLUICE_ERR_INTERNAL';
      const message = error instanceof Error ? error.message : String(error);
      link.send({ kind: 'done', id, error: { code, message } });
    }
  }

  async #carryOut(request: Request): Promise<unknown> {
    if (request.kind === 'open') {
      const { order } = request;
      const predecessor = order.predecessor === undefined ? undefined : this.#runs.get(order.predecessor);
      this.#runs.set(order.run, await WorkerRun.start(order, this.#context, predecessor));
      return undefined;
    }
    // One that could not be opened needs nothing of this.
    const answer = await this.#runs.get(request.run)?.carryOut(request);
    if (request.kind === 'dispose') this.#runs.delete(request.run);
    return answer;
  }

  /** Afterwards nothing keeps the thread alive. */
  async #end(): Promise<void> {
    await this.#context.engine.close();
    this.#heartbeat.stop();
    this.#port.close();
  }
}

if (parentPort !== null) {
  const data = workerData as WorkerData;
  useSessionIds(data.sessionIds);
  useOwnUdpPorts(data.ownUdpPorts);
  descriptorBudget().flows.divide(data.rows);
  new WorkerProgram(parentPort, data);
}
