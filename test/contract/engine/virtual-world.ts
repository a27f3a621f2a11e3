import type { Socket as UdpSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import { DescriptorBudget } from '../../../src/engine/descriptor-budget.ts';
import type { Engine, TcpListener } from '../../../src/engine/engine.ts';
import { VirtualNetwork, type VirtualNetworkOptions } from '../../../src/engine/virtual/virtual-network.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';
import type { PlainWorld } from './plain-world.ts';
import { VirtualSocket } from './virtual-socket.ts';
import { VirtualUdpSocket } from './virtual-udp-socket.ts';

/** So much happens in one turn of the event loop, at most. */
const stepsPerTurn = 500;

/** One host of a virtual network, which runs along with the event loop, and plain ends on an engine of their own. */
export class VirtualWorld implements PlainWorld {
  readonly network: VirtualNetwork;
  readonly budget = new DescriptorBudget(1000);
  readonly #host;
  readonly #plain: Engine;
  readonly #listeners: TcpListener[] = [];
  #isOver = false;

  constructor(options: VirtualNetworkOptions = {}) {
    this.network = new VirtualNetwork(options);
    this.#host = this.network.host('192.0.2.1');
    this.#plain = this.network.engine(this.#host);
    setImmediate(this.#turn);
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

  async serve(onSocket: (socket: Socket) => void): Promise<number> {
    const onAccept = (connection: Parameters<VirtualSocket['use']>[0]): void => {
      const socket = new VirtualSocket();
      connection.handler = socket;
      socket.use(connection);
      socket.on('error', () => undefined);
      onSocket(socket as unknown as Socket);
    };
    const listener = await this.#plain.listen({ host: '127.0.0.1', port: 0 }, { onAccept });
    this.#listeners.push(listener);
    return listener.port;
  }

  closeLastServer(): void {
    void this.#listeners.pop()?.close();
  }

  async bindUdp(): Promise<UdpSocket> {
    const socket = new VirtualUdpSocket();
    socket.use(await this.#plain.bindUdp({ host: '127.0.0.1', port: 0 }, socket));
    return socket as unknown as UdpSocket;
  }

  async dispose(): Promise<void> {
    await this.#plain.close();
    this.#isOver = true;
  }

  readonly #turn = (): void => {
    if (this.#isOver) return;
    setImmediate(this.#turn);
    void this.#run();
  };

  /** Promises are settled after each thing that happens, as between two callbacks of Node.js. */
  async #run(): Promise<void> {
    for (let steps = 0; steps < stepsPerTurn && !this.network.isQuiet; steps++) {
      this.network.step();
      await new Promise((resolve) => {
        process.nextTick(resolve);
      });
    }
  }
}
