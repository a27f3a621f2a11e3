import { beforeEach, describe, expect, it } from 'vitest';
import { FactEmitter } from '../../../src/facts/fact-emitter.ts';
import { IpAddress } from '../../../src/model/address.ts';
import { AddressClient } from '../../../src/model/client.ts';
import { Server, type ServerOptions } from '../../../src/model/server.ts';
import type { PersistenceStrategy } from '../../../src/persistence/persistence.ts';
import { Lease } from '../../../src/pool/lease.ts';
import { Pool } from '../../../src/pool/pool.ts';
import type { PoolSharing } from '../../../src/pool/pool-sharing.ts';
import { Selector } from '../../../src/pool/selector.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';

const client = new AddressClient(IpAddress.parse('192.0.2.9')!, 50_000, IpAddress.parse('192.0.2.2')!, 80);

/** Another thread that takes the last place between the pick and the take, as often as it is told to. */
class ContestedServer extends Server {
  losses = 0;

  override take(): boolean {
    if (this.losses-- > 0) this.sessions = this.maxSessions;
    return super.take();
  }
}

/** What the pool tells, and other threads that wait. */
class Sharing implements PoolSharing {
  readonly told: string[] = [];
  elsewhere = 0;
  #here = 0;

  get queued(): number {
    return this.#here + this.elsewhere;
  }
  queueChanged(size: number): void {
    this.#here = size;
  }
  makeServer(options: ServerOptions): Server {
    return new ContestedServer(options);
  }
  availabilityChanged(): void {
    this.told.push('changed');
  }
  inForce(): Promise<void> {
    return Promise.resolve();
  }
  released(server: Server): 'here' | 'elsewhere' {
    this.told.push(`released ${server.name}`);
    return this.elsewhere > 0 ? 'elsewhere' : 'here';
  }
  connected(server: Server): void {
    this.told.push(`connected ${server.name}`);
  }
  returned(): void {}

  connectFailed(server: Server): void {
    this.told.push(`failed ${server.name}`);
  }
}

describe('a pool that others share', () => {
  const servers = [
    { name: 'a', host: '192.0.2.1', maxSessions: 1 },
    { name: 'b', host: '192.0.2.2', maxSessions: 1 },
  ];
  let sharing: Sharing;
  let pool: Pool;

  beforeEach(() => {
    sharing = new Sharing();
    pool = new Pool({ servers, balance: { kind: 'firstAvailable' }, maxQueued: 2 }, () => 0.5, sharing);
    sharing.told.length = 0;
  });

  function selectorWith(...strategies: PersistenceStrategy[]): Selector {
    return new Selector('S', pool, { name: 'test', strategies }, new VirtualClock(), new FactEmitter());
  }

  it('picks anew where another thread took the last place first', () => {
    (pool.get('a') as ContestedServer).losses = 1;
    const lease = new Lease();
    expect(selectorWith().select(client, lease, true)).toBe('selected');
    expect(lease.server?.name).toBe('b');
    (pool.get('b') as ContestedServer).sessions = 1;
    expect(selectorWith().select(client, new Lease(), true)).toBe('wait');
  });

  it('goes where another thread sent the client between the look-up and the claim', () => {
    const remembered: string[] = [];
    const strategy: PersistenceStrategy = {
      reason: 'table',
      needs: ['address'],
      lookup: () => remembered[0],
      learn: (_client, server) => (remembered[0] = server),
      forget: () => undefined,
      claim: (_client, server) => {
        if (server === 'a') remembered[0] = 'b';
        return server !== 'a';
      },
    };
    const lease = new Lease();
    expect(selectorWith(strategy).select(client, lease, true)).toBe('selected');
    expect([lease.server?.name, lease.reason]).toEqual(['b', 'table']);
    // The place that was taken for the claim is free again, and whoever waits for it was told.
    expect(pool.get('a')!.sessions).toBe(0);
    expect(sharing.told).toEqual(['released a']);
  });

  it('counts who waits in all threads against the length of the queue', () => {
    sharing.elsewhere = 1;
    const waiter = { onTurn: () => true };
    expect([pool.queue.add(waiter), pool.queue.add({ ...waiter }), pool.queued]).toEqual([true, false, 2]);
  });

  it('leaves a turn to other threads where they say so', () => {
    let turns = 0;
    pool.queue.add({ onTurn: () => (turns += 1) > 0 });
    const lease = new Lease();
    const selector = selectorWith();
    selector.select(client, lease, true);
    sharing.elsewhere = 1;
    selector.release(lease);
    expect(turns).toBe(0);
    pool.offer(pool.get('a')!);
    expect(turns).toBe(1);
  });

  it('tells what clients found, and every change of who admits them', () => {
    const selector = selectorWith();
    const lease = new Lease();
    selector.select(client, lease, true);
    selector.connected(lease);
    selector.connectFailed(client, lease);
    pool.setAdminState('b', 'drain');
    expect(sharing.told).toEqual(['connected a', 'failed a', 'released a', 'changed']);
  });

  it('follows another: servers, health and ejection at once', () => {
    const other = new Pool({
      servers: [
        { ...servers[0]!, weight: 7 },
        { name: 'c', host: '192.0.2.3' },
      ],
    });
    Object.assign(other.get('c')!, { health: 'down', ejected: true });
    const kept = pool.get('a')!;
    pool.follow(other.describe());
    expect(pool.servers.map(({ name }) => name)).toEqual(['a', 'c']);
    expect(pool.get('a')).toBe(kept);
    expect(kept.weight).toBe(7);
    expect(pool.get('c')).toMatchObject({ health: 'down', ejected: true });
    expect(pool.describe()).toEqual(other.describe());
  });
});
