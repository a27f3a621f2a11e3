import { proveUdp } from '../proof/udp-proof.ts';
import { measureCpu, observedSubject, perUnit, type Workload } from './workload.ts';

export const udpWorkload: Workload = {
  id: 'udp',
  title: 'UDP, 32 clients, datagrams of 50 bytes there and back',
  costUnit: 'CPU µs there and back',
  rateUnit: 'round trips/s',
  subjects: ['sluice-linux', 'sluice-portable', 'nginx', 'dgram', observedSubject],
  kept: { order: (site) => ({ carried: 'udp', servers: site.udpServers() }), prove: proveUdp },
  async sample({ site, running, milliseconds }) {
    const { port } = running.address;
    return perUnit(
      await measureCpu(running, () => site.load({ kind: 'udp', port, clients: 32, milliseconds })),
    );
  },
};
