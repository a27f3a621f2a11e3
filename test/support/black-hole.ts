import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** Listens, and then never accepts: the thread waits for ever, with the shortest backlog there is. */
const program = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;

/** A port on 127.0.0.1 where connecting neither succeeds nor fails: its backlog is full. Linux only. */
export class BlackHole {
  readonly port: number;
  readonly #worker: Worker;
  readonly #fillers: readonly Socket[];

  private constructor(port: number, worker: Worker, fillers: readonly Socket[]) {
    this.port = port;
    this.#worker = worker;
    this.#fillers = fillers;
  }

  static async open(): Promise<BlackHole> {
    const worker = new Worker(program, { eval: true });
    const [port] = (await once(worker, 'message')) as [number];
    const fillers: Socket[] = [];
    while (await connects(port, fillers));
    return new BlackHole(port, worker, fillers);
  }

  async close(): Promise<void> {
    for (const filler of this.#fillers) filler.destroy();
    await this.#worker.terminate();
  }
}

/** On loopback a connection stands at once or, with a full backlog, not for a second at least. */
function connects(port: number, fillers: Socket[]): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  fillers.push(socket);
  return new Promise((resolve) => {
    const limit = setTimeout(() => {
      resolve(false);
    }, 150);
    socket.on('error', () => undefined);
    socket.once('connect', () => {
      clearTimeout(limit);
      resolve(true);
    });
  });
}
