import type { TableEntry } from '../../src/service/service-table.ts';
import type { SiteServer } from '../site/site.ts';
import { isNotFound, type Api } from './api.ts';

/** A table may have millions: beyond these, nobody reads names. */
const maxClients = 1_000;

/** Addresses that stick tables send to a server, each once. Services without a table have none. */
export async function rememberedClients(
  api: Api,
  { name, cells }: SiteServer,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const clients = new Set<string>();
  for (const { service } of cells) {
    const enough = new AbortController();
    const stop = AbortSignal.any([signal, enough.signal]);
    const take = (entry: unknown): void => {
      clients.add((entry as TableEntry).client);
      if (clients.size >= maxClients) enough.abort();
    };
    try {
      await api.follow('GET', '/v1/table', { service, server: name }, take, stop);
    } catch (error) {
      if (enough.signal.aborted) break;
      if (!isNotFound(error)) throw error;
    }
  }
  return [...clients];
}
