import { setTimeout as delay } from 'node:timers/promises';
import { maxSessions } from '../machine.ts';
import { residentKiB } from '../meter/memory-meter.ts';
import { proveTcp } from '../proof/tcp-proof.ts';
import { tcpSubjects, type Workload } from './workload.ts';

const sessions = Math.min(5_000, maxSessions);
const settleMs = 500;

/** Workstations that are connected and do nothing. */
export const idleWorkload: Workload = {
  id: 'idle',
  title: `${sessions} idle sessions, TCP mode: what each holds in memory`,
  costUnit: 'KiB per session',
  subjects: tcpSubjects,
  quickRounds: 1,
  async sample({ site, start }) {
    const running = await start({ carried: 'tcp', servers: site.transferServers() });
    // Proved first, so that memory that the first session ever takes is not counted.
    await proveTcp(running.address);
    await delay(settleMs);
    const before = residentKiB(running.pid);
    try {
      await site.load({ kind: 'hold', port: running.address.port, sessions });
      await delay(settleMs);
      return { cost: (residentKiB(running.pid) - before) / sessions };
    } finally {
      await site.load({ kind: 'release' });
    }
  },
};
