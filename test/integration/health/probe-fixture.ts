import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { selectEngine } from '../../../src/engine/select-engine.ts';
import type { Probe, ProbeResult, ProbeSubject } from '../../../src/health/probe.ts';
import { systemRuntime } from '../../../src/runtime/system-runtime.ts';

/** Everything a probe test opens, and closes again. */
export class ProbeFixture {
  readonly engine = selectEngine('auto', systemRuntime).engine;
  readonly #cleanUps: (() => void)[] = [];

  /** Runs a TCP server on a free port. @returns the port */
  async serveTcp(onConnection: (socket: Socket) => void): Promise<number> {
    const sockets = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      onConnection(socket);
    });
    await listen(server);
    this.#cleanUps.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  }

  /** Runs a UDP server on a free port that sends what `answer` returns. @returns the port */
  async serveUdp(answer: (request: Buffer) => Buffer | undefined): Promise<number> {
    const socket = createSocket('udp4');
    socket.on('message', (request, client) => {
      const response = answer(request);
      if (response !== undefined) socket.send(response, client.port, client.address);
    });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    this.#cleanUps.push(() => socket.close());
    return socket.address().port;
  }

  check(probe: Probe, port: number, signal = new AbortController().signal): Promise<ProbeResult> {
    return probe.check(subjectAt(port), { engine: this.engine, runtime: systemRuntime, signal });
  }

  async close(): Promise<void> {
    for (const cleanUp of this.#cleanUps.splice(0)) cleanUp();
    await this.engine.close();
  }
}

export function subjectAt(port: number): ProbeSubject {
  return {
    service: 'DICOM',
    serviceHost: '127.0.0.10',
    servicePort: 104,
    server: 'PACS1',
    host: '127.0.0.1',
    port,
  };
}

async function listen(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}
