import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../daemon.ts';
import { changeAtPace, type Plan } from './change-at-pace.ts';
import { memoryOf, MemoryWatch, type ProcessMemory } from './process-memory.ts';
import type { Row } from './rows.ts';
import { SceneServers } from './scene-servers.ts';
import { serviceNames, servicesOf, type ServicePorts } from './scene-services.ts';
import { runTraffic, type TrafficOutcome } from './scene-traffic.ts';

/** What became of one row. */
export interface RowOutcome {
  readonly name: string;
  readonly seconds: number;
  readonly applies: number;
  readonly traffic: TrafficOutcome;
  /** At rest before and after, and the most in between. */
  readonly before: ProcessMemory;
  readonly most: ProcessMemory;
  readonly after: ProcessMemory;
  /** After a collection; undefined for a program without a heap of JavaScript. */
  readonly heapMiB: { readonly before: number | undefined; readonly after: number | undefined };
}

/** Measured is a balancer that has compiled its code and taken its memory. */
const warmUpSeconds = 5;
/** Longer than idle connections to servers are kept: all rows are looked at without any. */
const restMs = 6_000;

/** Starts a balancer and what it needs, changes it under traffic, and stops everything. */
export async function runRow({ name, start, pace, hasUdp }: Row, plan: Plan): Promise<RowOutcome> {
  await using servers = await SceneServers.start();
  const free = await freePorts(serviceNames.length);
  const ports = Object.fromEntries(
    serviceNames.map((service, index) => [service, free[index]]),
  ) as ServicePorts;
  let number = 0;
  await using subject = await start(servicesOf(number, ports, servers.ports));
  const change = (): Promise<void> => subject.apply(servicesOf(++number, ports, servers.ports));
  const changeUnderTraffic = (given: Plan) =>
    Promise.all([
      changeAtPace(pace, given, change),
      runTraffic({ seconds: given.seconds, ports, slowArchive: servers.slowArchive, hasUdp }),
    ]);

  await changeUnderTraffic({
    seconds: warmUpSeconds,
    applies: (plan.applies * warmUpSeconds) / plan.seconds,
  });
  await delay(restMs);
  const before = memoryOf(subject.pid);
  const heapBefore = await subject.heapMiB();
  const watch = new MemoryWatch(subject.pid);
  const [applies, traffic] = await changeUnderTraffic(plan);
  const most = watch.end();
  await delay(restMs);
  const after = memoryOf(subject.pid);
  const heapMiB = { before: heapBefore, after: await subject.heapMiB() };
  return { name, seconds: plan.seconds, applies, traffic, before, most, after, heapMiB };
}
