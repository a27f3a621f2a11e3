import { proveTcp } from '../proof/tcp-proof.ts';
import { measureCpu, tcpSubjects, type Workload } from './workload.ts';

/** Large transfers over TCP: image series, backups. */
function bulk(direction: 'toServer' | 'toClient', streams: 1 | 32): Workload {
  const to = direction === 'toServer' ? 'to the server' : 'to the client';
  return {
    id: `bulk-${direction === 'toServer' ? 'up' : 'down'}-${streams}`,
    title: `Bulk ${to}, ${streams === 1 ? 'one stream' : `${streams} streams`}`,
    costUnit: 'CPU s per GB',
    rateUnit: 'Gbit/s',
    subjects: [...tcpSubjects, 'nginx-large-buffers'],
    kept: {
      order: (site) => ({ carried: 'tcp', servers: site.transferServers(), bulk: true }),
      prove: proveTcp,
    },
    async sample({ site, running, milliseconds }) {
      const { port } = running.address;
      const { units, seconds, cpu } = await measureCpu(running, () =>
        site.load({ kind: 'bulk', port, direction, streams, milliseconds }),
      );
      return { cost: cpu / (units / 1e9), rate: (units * 8) / seconds / 1e9 };
    },
  };
}

export const bulkWorkloads: readonly Workload[] = [
  bulk('toServer', 1),
  bulk('toClient', 1),
  bulk('toServer', 32),
  bulk('toClient', 32),
];
