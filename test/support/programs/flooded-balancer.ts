import { readdirSync } from 'node:fs';
import { Balancer, systemRuntime, type ServiceConfig } from '../../../src/index.ts';

/** What the balancer tells its parent. */
export interface FloodedReport {
  /** By the name of the service. */
  readonly ports: Readonly<Record<string, number>>;
  readonly log: readonly string[];
  readonly badProbes: readonly string[];
  readonly goodProbes: number;
  /** The most descriptors that were seen open. */
  readonly mostOpen: number;
  /** The clients whose flows had to make room, by address. */
  readonly evicted: Readonly<Record<string, number>>;
  readonly connectFailures: number;
}

/** Ports of the servers on loopback. */
export interface FloodedServers {
  readonly http: number;
  readonly udp: number;
}

/** A balancer of an HTTP service and two of UDP, which answers each message with a report. */
const servers = JSON.parse(process.argv[2] ?? '{}') as FloodedServers;
const workers = Number(process.argv[3]);
const log: string[] = [];
const badProbes: string[] = [];
const evicted: Record<string, number> = {};
let goodProbes = 0;
let mostOpen = 0;
let connectFailures = 0;

const common = { host: '127.0.0.1', port: 0 } as const;
const serversAt = (port: number): ServiceConfig['servers'] => [{ name: 's1', host: '127.0.0.1', port }];
const balancer = new Balancer(
  {
    workers,
    services: [
      {
        ...common,
        name: 'WEB',
        mode: 'http',
        servers: serversAt(servers.http),
        healthCheck: { probe: { kind: 'connect' }, intervalMs: 50 },
      },
      { ...common, name: 'FLOODED', mode: 'udp', servers: serversAt(servers.udp) },
      { ...common, name: 'CALM', mode: 'udp', servers: serversAt(servers.udp) },
    ],
  },
  { runtime: { ...systemRuntime, log: (_level, message) => void log.push(message) } },
);
balancer.on('probeFinished', ({ report }) => {
  mostOpen = Math.max(mostOpen, readdirSync('/proc/self/fd').length);
  if (report.ok) goodProbes++;
  else badProbes.push(report.reason);
});
balancer.on('flowClosed', ({ client, reason }) => {
  if (reason !== 'evicted') return;
  const address = client.split(':')[0] ?? '';
  evicted[address] = (evicted[address] ?? 0) + 1;
});
balancer.on('connectFailed', () => {
  connectFailures++;
});
await balancer.start();

process.on('message', () => {
  const ports = Object.fromEntries(
    balancer.overview().services.map(({ name, listeners }) => [name, listeners[0]?.port ?? 0]),
  );
  const report = { ports, log, badProbes, goodProbes, mostOpen, evicted, connectFailures };
  process.send?.(report satisfies FloodedReport);
});
