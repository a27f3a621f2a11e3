import { parentPort, workerData } from 'node:worker_threads';
import type { Connection, ConnectionHandler } from '../../../src/engine/engine.ts';
import { LinuxEngine } from '../../../src/engine/linux/linux-engine.ts';
import { systemRuntime } from '../../../src/runtime/system-runtime.ts';

/** How a thread or process ends, beside being terminated from outside. */
export type Ending = 'close' | 'exit' | 'throw';
export interface RelayPorts {
  readonly tcp: number;
  readonly udp: number;
}

/**
 * A Linux engine that relays TCP to a server and echoes UDP, in a worker thread or in a child process. It tells
 * its ports, and ends as it is told.
 */
const serverPort = Number(parentPort === null ? process.argv[2] : workerData);
const engine = new LinuxEngine(systemRuntime);

function relay(client: Connection): void {
  const other = (connection: Connection): Connection => (connection === client ? server : client);
  const handler: ConnectionHandler = {
    onConnect() {},
    onData() {},
    onEnd: (connection) => {
      other(connection).end();
    },
    onDrain() {},
    onRelayed() {},
    onClose: (connection) => {
      other(connection).reset();
    },
  };
  const server = engine.connect({ host: '127.0.0.1', port: serverPort }, handler);
  client.handler = handler;
  client.relay(server);
  server.relay(client);
}

async function obey(ending: Ending): Promise<void> {
  if (ending === 'exit') process.exit(0);
  if (ending === 'throw') setImmediate(fail);
  await engine.close();
  parentPort?.close();
}

function fail(): never {
  throw new Error('on purpose');
}

const anyPort = { host: '127.0.0.1', port: 0 };
const listener = await engine.listen(anyPort, { onAccept: relay });
const udp = await engine.bindUdp(anyPort, {
  onDatagram: (port, bytes, start, end, source, sourcePort) => {
    port.send(bytes, start, end, source, sourcePort);
  },
  onError() {},
});
const ports: RelayPorts = { tcp: listener.port, udp: udp.port };
if (parentPort === null) {
  process.on('message', (ending: Ending) => void obey(ending));
  process.send?.(ports);
} else {
  parentPort.on('message', (ending: Ending) => void obey(ending));
  parentPort.postMessage(ports);
}
