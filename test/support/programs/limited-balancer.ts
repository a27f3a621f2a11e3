import { readdirSync } from 'node:fs';
import { descriptorBudget, measureDescriptors } from '../../../src/engine/budget/descriptor-limit.ts';
import { Balancer, systemRuntime } from '../../../src/index.ts';

/** What the balancer tells its parent. */
export interface LimitedReport {
  readonly port: number;
  /** Sessions at once, by the limit of descriptors. */
  readonly sessions: number;
  readonly log: readonly string[];
  readonly goodProbes: number;
  readonly badProbes: number;
  /** The most descriptors that any report found open. */
  readonly mostOpen: number;
}

/** A balancer of one TCP service, with a lively health check, which answers each message with a report. */
const log: string[] = [];
let goodProbes = 0;
let badProbes = 0;
let mostOpen = 0;
const balancer = new Balancer(
  {
    services: [
      {
        name: 'DICOM',
        host: '127.0.0.1',
        port: 0,
        mode: 'tcp',
        servers: [{ name: 's1', host: '127.0.0.1', port: Number(process.argv[2]) }],
        healthCheck: { probe: { kind: 'connect' }, intervalMs: 50 },
      },
    ],
  },
  { runtime: { ...systemRuntime, log: (_level, message) => void log.push(message) } },
);
balancer.on('probeFinished', ({ report }) => {
  if (report.ok) goodProbes++;
  else badProbes++;
});
await balancer.start();
const port = balancer.overview().services[0]?.listeners[0]?.port ?? 0;

function sessionsAtOnce(): number {
  measureDescriptors();
  const { capacity, waitingRoom } = descriptorBudget();
  return Math.floor((capacity - (balancer.engine.name === 'linux' ? 0 : waitingRoom)) / 2);
}

process.on('message', () => {
  const sessions = sessionsAtOnce();
  mostOpen = Math.max(mostOpen, readdirSync('/proc/self/fd').length);
  process.send?.({ port, sessions, log, goodProbes, badProbes, mostOpen } satisfies LimitedReport);
});
