import type { Socket as UdpSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import { DescriptorBudget } from '../../../src/engine/budget/descriptor-budget.ts';
import type { Engine, TcpListener } from '../../../src/engine/engine.ts';
import { VirtualNetwork, type VirtualNetworkOptions } from '../../../src/engine/virtual/virtual-network.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';
import type { NameEntry } from '../../support/name-server.ts';
import type { PlainNames, PlainWorld } from './plain-world.ts';
import { VirtualSocket } from './virtual-socket.ts';
import { VirtualUdpSocket } from './virtual-udp-socket.ts';

/** So much happens in one turn of the event loop, at most. */
const stepsPerTurn = 500;

/** Time passes so much faster here where nothing happens. */
const haste = 20;

/** One host of a virtual network, which runs along with the event loop, and plain ends on an engine of their own. */
export class VirtualWorld implements PlainWorld {
  readonly network: VirtualNetwork;
  readonly budget = new DescriptorBudget(1000);
  readonly hasUrgentData = false;
  readonly #host;
  readonly #plain: Engine;
  readonly #listeners: TcpListener[] = [];
  #isOver = false;
  #isRunning = false;
  #ranMs = performance.now();

  constructor(options: VirtualNetworkOptions = {}) {
    this.network = new VirtualNetwork(options);
    this.#host = this.network.host('192.0.2.1');
    this.#plain = this.network.engine(this.#host);
    setImmediate(this.#turn);
  }

  get isInstant(): boolean {
    return this.network.conditions.delayMs === 0;
  }

  get takenAtOnce(): number {
    return this.network.conditions.sendBufferBytes;
  }

  get runtime(): Runtime {
    return this.network.runtime;
  }

  engine(runtime: Runtime): Engine {
    return this.network.engine(this.#host, { runtime, budget: this.budget });
  }

  // What the tests use of Node's sockets is all there; the type says more, for the tests of the real engines.

  dial(port: number, host: string): Socket {
    const socket = new VirtualSocket();
    socket.use(this.#plain.connect({ host, port }, socket));
    return socket as unknown as Socket;
  }

  async serve(onSocket: (socket: Socket) => void, host = '127.0.0.1', port = 0): Promise<number> {
    const onAccept = (connection: Parameters<VirtualSocket['use']>[0]): void => {
      const socket = new VirtualSocket();
      connection.handler = socket;
      socket.use(connection);
      socket.on('error', () => undefined);
      onSocket(socket as unknown as Socket);
    };
    const listener = await this.#plain.listen({ host, port }, { onAccept });
    this.#listeners.push(listener);
    return listener.port;
  }

  async closedPort(): Promise<number> {
    const listener = await this.#plain.listen({ host: '127.0.0.1', port: 0 }, { onAccept: () => undefined });
    await listener.close();
    return listener.port;
  }

  async closedUdpPort(): Promise<number> {
    const socket = await this.bindUdp();
    const { port } = socket.address();
    await new Promise<void>((resolve) => socket.close(resolve));
    return port;
  }

  async bindUdp(host = '127.0.0.1', port = 0): Promise<UdpSocket> {
    const socket = new VirtualUdpSocket();
    socket.use(await this.#plain.bindUdp({ host, port }, socket));
    return socket as unknown as UdpSocket;
  }

  async silentPort(): Promise<number> {
    const host = '127.0.0.1';
    const listener = await this.#plain.listen({ host, port: 0, backlog: 1 }, { onAccept: () => undefined });
    listener.pause();
    this.#plain.connect({ host, port: listener.port }, new VirtualSocket());
    return listener.port;
  }

  openNames(): Promise<PlainNames> {
    const { names } = this.network;
    const queries: string[] = [];
    const find = names.get.bind(names);
    names.get = (name) => {
      queries.push(`${name} A`, `${name} AAAA`);
      return find(name);
    };
    const set = (name: string, entry: NameEntry): void => {
      if (entry === 'silent') names.set(name, entry);
      else if ('rcode' in entry) names.delete(name);
      else names.set(name, { addresses: entry.addresses, holdMs: (entry.ttl ?? 0) * 1000 });
    };
    return Promise.resolve({ queries, set });
  }

  async dispose(): Promise<void> {
    await this.#plain.close();
    this.#isOver = true;
  }

  readonly #turn = (): void => {
    if (this.#isOver) return;
    setImmediate(this.#turn);
    if (!this.#isRunning) void this.#run();
  };

  /**
   * Lets time pass as outside, only faster, and all the time that packets take. Promises are settled after each thing
   * that happens, as between two callbacks of Node.js.
   */
  async #run(): Promise<void> {
    const { clock } = this.network;
    const nowMs = performance.now();
    const endMs = clock.nowMs() + (nowMs - this.#ranMs) * haste;
    this.#ranMs = nowMs;
    this.#isRunning = true;
    for (let steps = 0; steps < stepsPerTurn; steps++) {
      if (!this.network.step(this.network.isQuiet ? endMs : Infinity)) break;
      await new Promise((resolve) => {
        process.nextTick(resolve);
      });
    }
    clock.passTo(endMs);
    this.#isRunning = false;
  }
}
