import { setTimeout as delay } from 'node:timers/promises';
import { sessionsHeld } from '../machine.ts';
import { residentKiB } from '../meter/memory-meter.ts';
import { proveTcp } from '../proof/tcp-proof.ts';
import { tcpSubjects, type Workload } from './workload.ts';

/** Opened before, and not counted: they fill what a program has in reserve, up to 10 MiB with Node.js. */
const reserve = 1_000;
const sessions = Math.min(5_000, sessionsHeld(3) - reserve);

/**
 * V8 gives memory back when its program has done little for 8 to 9 s; never is a collection forced here. Before and
 * after, or what it took to load the program (9 MiB) would be given back in between, and sessions would look cheaper.
 */
const settleMs = 10_000;

/** Workstations that are connected and do nothing. */
export const idleWorkload: Workload = {
  id: 'idle',
  title: `${sessions.toLocaleString('en-US')} idle sessions, TCP mode: what each holds in memory`,
  costUnit: 'KiB per session',
  subjects: tcpSubjects,
  samples: { quick: 3, full: 5 },
  async sample({ site, start }) {
    const { pid, address } = await start({ carried: 'tcp', servers: site.transferServers() });
    const { port } = address;
    await proveTcp(address);
    try {
      await site.load({ kind: 'hold', port, sessions: reserve });
      await delay(settleMs);
      const before = residentKiB(pid);
      await site.load({ kind: 'hold', port, sessions: reserve + sessions });
      const atOnce = (residentKiB(pid) - before) / sessions;
      await delay(settleMs);
      return { cost: (residentKiB(pid) - before) / sessions, atOnce };
    } finally {
      await site.load({ kind: 'release' });
    }
  },
};
