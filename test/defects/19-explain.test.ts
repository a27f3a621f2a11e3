import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BalancingSpec } from '../../src/balancing/balancing-specs.ts';
import { Listener } from '../../src/index.ts';
import { Lease } from '../../src/pool/lease.ts';
import { TcpScene } from '../integration/tcp/tcp-scene.ts';
import { numberedClient, seededRandom } from '../support/policies.ts';
import { TestService } from '../support/test-service.ts';

let scene: TcpScene;

beforeEach(() => {
  scene = new TcpScene();
});

afterEach(() => scene.close());

const kinds = ['roundRobin', 'leastConnections', 'twoChoices', 'rendezvous', 'firstAvailable'] as const;
const four = ['a', 'b', 'c', 'd'].map((name) => ({ name, host: '192.0.2.1', maxSessions: 40 }));

/** How clients that come and go are shared. @returns the servers, and whether each was foretold */
function shareOut(balance: BalancingSpec, asks: number): { picked: string[]; rightly: boolean } {
  const { selector } = new TestService({ servers: four, pool: { balance }, random: seededRandom(7) });
  const leases: Lease[] = [];
  const picked: string[] = [];
  let rightly = true;
  for (let index = 0; index < 200; index++) {
    const client = numberedClient(index);
    const told = Array.from({ length: asks }, () => selector.explain(client, true));
    const lease = new Lease();
    selector.select(client, lease, true);
    const chosen = { server: lease.server?.name, reason: 'balance' };
    rightly &&= told.every(({ server, reason }) => server === chosen.server && reason === chosen.reason);
    picked.push(chosen.server ?? '');
    leases.push(lease);
    if (index % 3 === 2) selector.release(leases.splice(index % leases.length, 1)[0]!);
  }
  return { picked, rightly };
}

describe('defect 19: explain tells the truth and changes nothing', () => {
  it('foretells each new client on the wire, whose turns go on in order', async () => {
    await scene.start(4);
    const told: (string | undefined)[] = [];
    const heard: string[] = [];
    for (let client = 2; client < 14; client++) {
      told.push(scene.listener.explain(`127.0.0.${client}`).server);
      heard.push((await scene.session(`127.0.0.${client}`)).text);
    }
    expect(heard).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4].map((number) => `s${number}`));
    expect(told).toEqual(heard);
  });

  it.each(kinds)('foretells every pick of %s, asked once, twice or never', (kind) => {
    const never = shareOut({ kind }, 0);
    for (const asks of [1, 2]) {
      expect(shareOut({ kind }, asks)).toEqual({ picked: never.picked, rightly: true });
    }
  });

  it('says what select would: wait, for whom, none, or the fallback', async () => {
    const [a, b] = four.map((server) => ({ ...server, maxSessions: 1 }));
    const { selector, pool } = new TestService({ servers: [a!, b!] });
    selector.select(numberedClient(1), new Lease(), true);
    selector.select(numberedClient(2), new Lease(), true);
    expect(selector.explain(numberedClient(3), true)).toEqual({ server: undefined, reason: 'wait' });
    expect(selector.explain(numberedClient(3), false)).toEqual({ server: undefined, reason: 'none' });
    pool.setAdminState('a', 'halt');
    pool.setAdminState('b', 'halt');
    expect(selector.explain(numberedClient(3), true)).toEqual({ server: undefined, reason: 'none' });
  });

  it('names the server that its client waits for, until the queue is full', async () => {
    await scene.addServers('s1', 's2');
    const servers = scene.servers.map(({ options }) => ({ ...options, maxSessions: 1 }));
    await scene.listen({ persistence: { kind: 'sourceIp' }, pool: { servers, maxQueued: 1 } }).start();
    const { text } = await scene.session('127.0.0.2');
    expect(scene.listener.explain('127.0.0.2')).toEqual({ server: text, reason: 'wait' });
    scene.connect('127.0.0.2');
    await expect.poll(() => scene.listener.overview().queued).toBe(1);
    expect(scene.listener.explain('127.0.0.2')).toEqual({ server: undefined, reason: 'none' });
  });

  it('says that the fallback would answer', () => {
    const pool = { servers: [{ ...four[0]!, adminState: 'halt' as const }] };
    const fallback = { page: { body: 'later' } };
    const common = { name: 'web', host: '127.0.0.1', port: 0, pool };
    expect(new Listener({ ...common, mode: 'http', fallback }).explain('10.0.0.1').reason).toBe('fallback');
    expect(new Listener({ ...common, mode: 'http' }).explain('10.0.0.1').reason).toBe('none');
  });

  it('does not ask an own policy that cannot tell, and says so where it matters', () => {
    let picks = 0;
    const pick = (): undefined => {
      picks++;
    };
    const balance = { kind: 'own', build: () => ({ pick }) };
    const { selector, pool } = new TestService({ servers: four, pool: { balance } });
    expect(selector.explain(numberedClient(1), true)).toEqual({
      ...{ server: undefined, reason: 'balance', isUncertain: true },
    });
    for (const name of ['a', 'b', 'c']) pool.setAdminState(name, 'halt');
    expect(selector.explain(numberedClient(1), true)).toEqual({ server: 'd', reason: 'balance' });
    expect(picks).toBe(0);
  });
});
