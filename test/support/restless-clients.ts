import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { eventually, get } from './http-harness.ts';

const host = '127.0.0.1';

/** A server of HTTP on TCP, and of echoes on UDP, both on ports of their own. */
export class AnsweringServer {
  readonly #http = createServer({ keepAliveTimeout: 30_000 }, (_request, response) => response.end('ok'));
  readonly #udp = createSocket('udp4');

  async start(): Promise<{ readonly httpPort: number; readonly udpPort: number }> {
    this.#udp.on('message', (bytes, from) => this.#udp.send(bytes, from.port, from.address));
    this.#http.listen(0, host);
    this.#udp.bind(0, host);
    await Promise.all([once(this.#http, 'listening'), once(this.#udp, 'listening')]);
    const { port: httpPort } = this.#http.address() as AddressInfo;
    return { httpPort, udpPort: this.#udp.address().port };
  }

  stop(): void {
    this.#http.closeAllConnections();
    this.#http.close();
    this.#udp.close();
  }
}

/** Clients that come again and again, and take note of whatever was not as it should be. */
export class RestlessClients {
  readonly losses: string[] = [];
  /** How often, by kind. */
  readonly #served: Record<string, number> = {};
  #isOver = false;
  readonly #running: Promise<void>[] = [];

  /** Each request on a connection of its own, which the client asks to be closed. */
  closing(port: number): void {
    this.#repeat('closing', async () => {
      const answer = await readAll(connectTo(port), get('/', 'Connection: close'));
      if (!answer.endsWith('ok')) throw new Error(`got '${answer}'`);
    });
  }

  /** Requests on one connection, with pauses, until the server says that it closes it. */
  keeping(port: number, pauseMs: number): void {
    let socket: Socket | undefined = undefined;
    this.#repeat('keeping', async () => {
      const used: Socket = socket ?? connectTo(port);
      socket = used;
      const answer = await ask(used);
      if (/connection: close/i.test(answer)) {
        used.destroy();
        socket = undefined;
      }
      await wait(pauseMs);
      if (this.#isOver) used.destroy();
    });
  }

  /** Bytes over TCP, of a server that answers whatever ends with an empty line. */
  connecting(port: number): void {
    this.#repeat('connecting', async () => {
      const socket = connectTo(port);
      await ask(socket);
      socket.destroy();
    });
  }

  /** One datagram after the other, each to be answered soon; a new socket now and then. */
  asking(port: number): void {
    let socket: UdpSocket | undefined = undefined;
    let count = 0;
    this.#repeat('asking', async () => {
      socket ??= createSocket('udp4');
      const answer = once(socket, 'message', { signal: AbortSignal.timeout(5_000) });
      socket.send(`datagram ${++count}`, port, host);
      const [bytes] = (await answer) as [Buffer];
      if (bytes.toString() !== `datagram ${count}`) throw new Error(`got ${bytes.toString()}`);
      if (count % 5 !== 0 && !this.#isOver) return;
      socket.close();
      socket = undefined;
    });
  }

  /** Waits until each kind was served so often more, or something was lost. */
  async served(times: number): Promise<void> {
    const before = { ...this.#served };
    const isDue = (): boolean =>
      Object.entries(this.#served).every(([kind, count]) => count >= (before[kind] ?? 0) + times);
    await eventually(() => isDue() || this.losses.length > 0, 20_000);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#running);
  }

  #repeat(kind: string, once: () => Promise<void>): void {
    this.#served[kind] ??= 0;
    const run = async (): Promise<void> => {
      do {
        try {
          await once();
          this.#served[kind] = (this.#served[kind] ?? 0) + 1;
        } catch (error) {
          this.losses.push(`${kind}: ${String(error)}`);
          return;
        }
      } while (!this.#isOver);
    };
    this.#running.push(run());
  }
}

function connectTo(port: number): Socket {
  return connect({ port, host, noDelay: true }).setEncoding('latin1');
}

/** @returns the whole answer, whose body is `ok` */
async function ask(socket: Socket): Promise<string> {
  socket.write(get('/'));
  let answer = '';
  return new Promise((resolve, reject) => {
    const onData = (text: string): void => {
      answer += text;
      if (answer.endsWith('ok')) settle(() => resolve(answer));
    };
    const onEnd = (): void => settle(() => reject(new Error(`ended after '${answer}'`)));
    const onError = (error: Error): void => settle(() => reject(error));
    const settle = (then: () => void): void => {
      socket.off('data', onData).off('end', onEnd).off('error', onError);
      // A kept connection may be closed at any time later.
      socket.on('error', () => undefined);
      then();
    };
    socket.on('data', onData).on('end', onEnd).on('error', onError);
  });
}

async function readAll(socket: Socket, request: string): Promise<string> {
  socket.write(request);
  let text = '';
  for await (const piece of socket) text += piece as string;
  return text;
}
