import { runWrk } from '../load/wrk.ts';
import { httpMissing } from '../site.ts';
import { measureCpu, perUnit, tcpSubjects, type Workload } from './workload.ts';

/** What a program that was just started is measured for, whatever the length of a round. */
const coldMs = 2_000;

/** A subject fresh from its start, before its runtime has compiled anything: what a restart costs. */
export const coldWorkload: Workload = {
  id: 'cold',
  title: 'Cold: new connections in the first 2 s of a process, TCP mode',
  costUnit: 'CPU µs per connection',
  rateUnit: 'connections/s',
  subjects: tcpSubjects,
  samples: { quick: 9, full: 9 },
  missing: httpMissing,
  async sample({ site, start }) {
    const running = await start({ carried: 'tcp', servers: site.httpServers() });
    const { port } = running.address;
    const headers = ['Connection: close'];
    const load = { port, path: '/', connections: 32, milliseconds: coldMs, headers };
    return perUnit(await measureCpu(running, () => runWrk(load)));
  },
};
