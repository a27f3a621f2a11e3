import { execFileSync } from 'node:child_process';
import type { ConnectionHandler, DatagramHandler, Engine } from '../../../src/engine/engine.ts';
import { selectEngine, type EngineKind } from '../../../src/engine/select-engine.ts';
import { systemRuntime } from '../../../src/runtime/system-runtime.ts';
import { OwnMachine } from '../own-machine.ts';

/** How often each outcome came: `connected`, an error's code, or `silent`. */
export type Outcomes = Record<string, number>;

export interface SelfConnectionReport {
  readonly tcp: Outcomes;
  readonly udp: Outcomes;
}

const ports = [40_000, 40_001, 40_002, 40_003];
const attempts = 40;

/**
 * Connects to closed ports on a machine that has four source ports only: the system often takes the very port that is
 * connected to. The engine is the one that is named.
 */
new OwnMachine();
execFileSync('sysctl', ['-qw', `net.ipv4.ip_local_port_range=${ports.at(0)} ${ports.at(-1)}`]);
const { engine } = selectEngine(process.argv[2] as EngineKind, systemRuntime);
const report: SelfConnectionReport = { tcp: await repeat(connectTcp), udp: await repeat(askByUdp) };
await engine.close();
console.log(JSON.stringify(report));

async function repeat(attempt: (engine: Engine, port: number) => Promise<string>): Promise<Outcomes> {
  const outcomes: Outcomes = {};
  for (let count = 0; count < attempts; count++) {
    const outcome = await attempt(engine, ports[count % ports.length] ?? 0);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return outcomes;
}

function connectTcp(by: Engine, port: number): Promise<string> {
  return new Promise((resolve) => {
    const handler: ConnectionHandler = {
      onConnect: (connection) => {
        connection.reset();
        resolve('connected');
      },
      onData() {},
      onEnd() {},
      onDrain() {},
      onRelayed() {},
      onClose: (_connection, error) => {
        resolve(error?.code ?? 'closed');
      },
    };
    by.connect({ host: '127.0.0.1', port }, handler);
  });
}

function askByUdp(by: Engine, port: number): Promise<string> {
  return new Promise((resolve) => {
    const end = (outcome: string): void => {
      udp.close();
      resolve(outcome);
    };
    const handler: DatagramHandler = {
      onDatagram: () => end('answered'),
      onError: (_port, error) => end(error.code),
    };
    const udp = by.connectUdp({ host: '127.0.0.1', port }, handler);
    udp.sendConnected(Buffer.from('hello'), 0, 5);
  });
}
