import { expositionType } from '../../metrics/exposition.ts';
import { decodeBackup, encodeBackup } from '../../snapshot/backup.ts';
import { everything } from '../../records/log-entry.ts';
import { makeSupportBundle } from '../../support/support-bundle.ts';
import { bytesRoute, uploadRoute, type Route } from '../route.ts';

/** A table of ten million entries, which is 240 MB, and the configuration. */
const maxBackupBytes = 512 * 1024 * 1024;

/** Routes whose answers, or whose input, are no JSON. */
export const backupRoutes: readonly Route[] = [
  bytesRoute({
    path: '/v1/metrics',
    method: 'GET',
    summary: 'All metrics, as Prometheus reads them.',
    contentType: expositionType,
    read: () => undefined,
    send: ({ balancer }) => [balancer.metrics.bytes()],
  }),
  bytesRoute({
    path: '/v1/backup',
    method: 'GET',
    summary: 'The configuration, orders and tables in one checked file.',
    contentType: 'application/octet-stream',
    read: () => undefined,
    send: ({ balancer }) => encodeBackup(balancer),
  }),
  bytesRoute({
    path: '/v1/support',
    method: 'GET',
    summary: 'A support bundle, without secrets and patient data.',
    contentType: 'application/gzip',
    read: () => undefined,
    async *send({ balancer, clock, startedAtMs, file, comparison, log }) {
      const { differences = [] } = (await comparison?.now()) ?? {};
      const entries = log.recent(everything);
      yield await makeSupportBundle({
        balancer,
        startedAtMs,
        atMs: clock.wallMs(),
        file,
        differences,
        entries,
      });
    },
  }),
  uploadRoute({
    path: '/v1/restore',
    method: 'POST',
    summary: 'Takes a backup back: its configuration, and then its orders and tables.',
    maxBytes: maxBackupBytes,
    take: async ({ balancer }, bytes, { by }) => {
      const backup = await decodeBackup(bytes);
      await new Promise<void>((resolve, reject) => {
        balancer.apply(backup.config, { onServing: resolve, by }).catch(reject);
      });
      return balancer.restore(backup);
    },
  }),
];
