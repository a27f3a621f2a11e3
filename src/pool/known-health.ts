import type { Pool } from './pool.ts';

/**
 * For a pool that takes the place of another with the same check, before it is attached. Each server counts as
 * healthy as it was there, until the new pool's check says more.
 */
export function expectHealth(pool: Pool, predecessor: Pool): void {
  for (const server of pool.servers) {
    const known = predecessor.get(server.name);
    if (known?.host !== server.host || known.port !== server.port) continue;
    server.health = known.health;
    server.lastProbe = known.lastProbe;
  }
  pool.availabilityChanged();
}
