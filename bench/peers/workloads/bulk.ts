import { proveTcp } from '../proof/tcp-proof.ts';
import { measureCpu, tcpSubjects, type Workload } from './workload.ts';

/**
 * Of a transfer while it warms up. With large ones a proxy makes so few calls, of a megabyte each, that Node.js needs
 * some twenty seconds to compile what makes them; these are as large as makes it go the same ways. Large ones come in
 * between: counts that pass 2³¹ and pipes that fill make V8 throw its code away, and it compiles again with the rest.
 */
const warmUpBytes = 262_144;

/** Large transfers over TCP: image series, backups. */
function bulk(direction: 'toServer' | 'toClient', streams: 1 | 32): Workload {
  const to = direction === 'toServer' ? 'to the server' : 'to the client';
  return {
    id: `bulk-${direction === 'toServer' ? 'up' : 'down'}-${streams}`,
    title: `Bulk ${to}, ${streams === 1 ? 'one stream' : `${streams} streams`}`,
    costUnit: 'CPU s per GB',
    rateUnit: 'Gbit/s',
    subjects: [...tcpSubjects, 'nginx-large-buffers'],
    isLong: true,
    kept: {
      order: (site) => ({ carried: 'tcp', servers: site.transferServers(), bulk: true }),
      prove: proveTcp,
    },
    async warmUp({ site, running, milliseconds }) {
      const { port } = running.address;
      const load = { kind: 'bulk', port, direction, streams } as const;
      await site.load({ ...load, milliseconds: milliseconds / 12, transferBytes: warmUpBytes });
      await site.load({ ...load, milliseconds: (milliseconds * 5) / 12 });
      await site.load({ ...load, milliseconds: milliseconds / 2, transferBytes: warmUpBytes });
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
