import fc from 'fast-check';
import { expect, it } from 'vitest';
import { firstAvailable } from '../../../src/balancing/first-available.ts';
import { leastConnections } from '../../../src/balancing/least-connections.ts';
import { rendezvous } from '../../../src/balancing/rendezvous.ts';
import { roundRobin } from '../../../src/balancing/round-robin.ts';
import { twoChoices } from '../../../src/balancing/two-choices.ts';
import { CookieClient } from '../../support/cookie-client.ts';
import type { AdminState, Health } from '../../../src/model/server.ts';
import { chain } from '../../../src/persistence/chain.ts';
import { httpCookie } from '../../../src/persistence/http-cookie.ts';
import { sourceIp } from '../../../src/persistence/source-ip.ts';
import { Lease } from '../../../src/pool/lease.ts';
import { addressOf, seededRandom } from '../../support/policies.ts';
import { TestService } from '../../support/test-service.ts';

// ---------------------------------------------------------------------------------------------------------
// The world at the moment of selection, as plain data.

interface ServerState {
  readonly health: Health;
  readonly adminState: AdminState;
  /** Clients could not reach it: it is ejected where another one is left. */
  readonly isFailing: boolean;
  readonly weight: number;
  readonly isBackup: boolean;
  readonly isFull: boolean;
}

type CookieState = 'missing' | 'fresh' | 'aged' | 'idle too long' | 'too old' | 'of nobody' | 'tampered';

interface World {
  readonly servers: readonly ServerState[];
  readonly cookie: CookieState;
  readonly cookieServer: string;
  /** How long ago the table's entry was used; undefined for no entry. */
  readonly entryAgeMs: number | undefined;
  readonly entryServer: string;
  readonly mayWait: boolean;
  /** How many of the chosen servers refuse the connection. */
  readonly refusals: number;
  readonly policy: number;
  readonly seed: number;
}

const names = ['s0', 's1', 's2'];
/** A server that was removed: cookies and entries may still name it. */
const removed = 'removed';
const policies = [roundRobin, leastConnections, twoChoices, rendezvous, firstAvailable];

const ttlMs = 60_000;
const maxIdleMs = 60_000;
const maxLifeMs = 100_000;
/** When the client comes. Cookies and entries are from before; the cookie's stamps are whole seconds. */
const selectAtMs = 200_000;

const world: fc.Arbitrary<World> = fc.record({
  servers: fc.array(
    fc.record({
      health: fc.constantFrom<Health>('up', 'up', 'unknown', 'down'),
      adminState: fc.constantFrom<AdminState>('online', 'online', 'online', 'drain', 'halt'),
      isFailing: fc.constantFrom(false, false, false, true),
      weight: fc.constantFrom(1, 3, 0),
      isBackup: fc.constantFrom(false, false, true),
      isFull: fc.constantFrom(false, false, false, true),
    }),
    { minLength: 1, maxLength: names.length },
  ),
  cookie: fc.constantFrom<CookieState>(
    ...(['missing', 'fresh', 'fresh', 'aged', 'idle too long', 'too old', 'of nobody', 'tampered'] as const),
  ),
  cookieServer: fc.constantFrom(...names, removed),
  entryAgeMs: fc.constantFrom(undefined, 1, 30_000, ttlMs - 1, ttlMs, 2 * ttlMs),
  entryServer: fc.constantFrom(...names, removed),
  mayWait: fc.boolean(),
  refusals: fc.nat(3),
  policy: fc.nat(policies.length - 1),
  seed: fc.nat(),
});

// ---------------------------------------------------------------------------------------------------------
// The reference: the five steps, as plainly as they can be written.

interface Expected {
  readonly selection: 'selected' | 'wait' | 'none';
  /** Any of these servers will do. */
  readonly servers: readonly string[];
  readonly reason: string;
}

class Reference {
  readonly #world: World;
  /** Passive health is a matter of the pool: whom clients could not reach, and whom that leaves. */
  readonly #isEjected: (name: string) => boolean;
  /** Whom the table names for the client, and since when it is unused. */
  entry: { readonly server: string; readonly ageMs: number } | undefined;
  readonly tried: string[] = [];

  constructor(world: World, isEjected: (name: string) => boolean) {
    const { entryAgeMs, entryServer } = world;
    this.#world = world;
    this.#isEjected = isEjected;
    if (entryAgeMs !== undefined && entryAgeMs < ttlMs)
      this.entry = { server: entryServer, ageMs: entryAgeMs };
  }

  get cookieServer(): string | undefined {
    const { cookie, cookieServer } = this.#world;
    return cookie === 'fresh' || cookie === 'aged' ? cookieServer : undefined;
  }

  select(): Expected {
    // Steps 1 and 2.
    for (const [name, reason] of [
      [this.cookieServer, 'cookie'],
      [this.entry?.server, 'table'],
    ] as const) {
      const server = this.#server(name);
      if (name === undefined || server === undefined || this.tried.includes(name)) continue;
      if (server.adminState === 'halt' || server.health === 'down' || this.#isEjected(name)) continue;
      if (!server.isFull) return { selection: 'selected', servers: [name], reason };
      if (this.#world.mayWait) return { selection: 'wait', servers: [], reason: '' };
      break;
    }
    // Step 3.
    const wouldAdmit = names.filter((name) => this.#wouldAdmit(name));
    const admitting = wouldAdmit.filter((name) => !this.#isEjected(name));
    const regular = admitting.filter((name) => this.#server(name)?.isBackup === false);
    const hasRoom = (name: string): boolean =>
      this.#server(name)?.isFull === false && !this.tried.includes(name);
    const isFull = (name: string): boolean =>
      this.#server(name)?.isFull === true && !this.tried.includes(name);
    let servers = regular.filter(hasRoom);
    if (servers.length === 0 && (regular.length === 0 || this.tried.length > 0)) {
      servers = admitting.filter((name) => !regular.includes(name)).filter(hasRoom);
    }
    // Nobody else is left, and nobody is to be waited for.
    if (servers.length === 0 && !(this.#world.mayWait && admitting.some(isFull))) {
      servers = wouldAdmit.filter((name) => this.#isEjected(name)).filter(hasRoom);
    }
    if (servers.length > 0) {
      if (policies[this.#world.policy] === firstAvailable) servers = servers.slice(0, 1);
      return { selection: 'selected', servers, reason: this.tried.length > 0 ? 'redispatch' : 'balance' };
    }
    const mustWait = this.#world.mayWait && wouldAdmit.some(isFull);
    return { selection: mustWait ? 'wait' : 'none', servers: [], reason: 'none' };
  }

  /** Step 4. */
  learn(server: string): void {
    this.entry = { server, ageMs: 0 };
  }

  connectFailed(server: string, reason: string): void {
    this.tried.push(server);
    const isReservation = reason === 'balance' || reason === 'redispatch';
    if (isReservation && this.entry?.server === server) this.entry = undefined;
  }

  /** Step 5. */
  isSetCookieDue(server: string): boolean {
    return this.#world.cookie !== 'fresh' || this.cookieServer !== server;
  }

  #server(name: string | undefined): ServerState | undefined {
    return name === undefined ? undefined : this.#world.servers[names.indexOf(name)];
  }

  #wouldAdmit(name: string): boolean {
    const server = this.#server(name);
    if (server === undefined) return false;
    const { adminState, health, weight } = server;
    return adminState === 'online' && health !== 'down' && weight > 0;
  }
}

// ---------------------------------------------------------------------------------------------------------
// The same world, made of the real parts.

class Browser extends CookieClient {
  override readonly address = addressOf('10.1.2.3');
  value: string | undefined = undefined;

  override cookie(name: string): string | undefined {
    return name === 'SERVERID' ? this.value : undefined;
  }

  /** Takes a `Set-Cookie` header, as a browser would. */
  override accept(header: string | undefined): void {
    if (header !== undefined) this.value = /^SERVERID=([^;]*)/.exec(header)?.[1];
  }
}

/** Another character in the part that names the server. */
function tamper(value: string, seed: number): string {
  const at = seed % 12;
  return value.slice(0, at) + (value[at] === 'a' ? 'b' : 'a') + value.slice(at + 1);
}

async function build(world: World) {
  const cookies = httpCookie({ maxIdleMs, maxLifeMs });
  const addresses = sourceIp({ ttlMs });
  const service = new TestService({
    servers: [
      ...world.servers.map(({ weight, isBackup: backup, isFull }, index) => {
        const maxSessions = isFull ? 1 : Infinity;
        return { name: names[index]!, host: `192.0.2.${index}`, weight, backup, maxSessions };
      }),
      { name: removed, host: '192.0.2.9' },
    ],
    persistence: chain(cookies, addresses),
    check: { intervalMs: 80_000, timeoutMs: 1_000_000, fastIntervalMs: 80_000, startJitterMs: 0, fall: 1 },
    pool: {
      balance: policies[world.policy]!(),
      passiveHealth: { failures: 2, ejectMs: 300_000, maxEjectedRatio: 1 },
    },
    random: seededRandom(world.seed),
  });
  const browser = new Browser();
  const { clock, pool, selector } = service;
  const before = (ms: number, action: () => void): void => void clock.schedule(selectAtMs - ms, action);

  for (const [index, { health }] of world.servers.entries()) service.find(names[index]!, health);
  const issue = (): void => {
    const [strategy] = (world.cookie === 'of nobody' ? httpCookie({ secret: 'other' }) : cookies).strategies;
    browser.accept(strategy?.setCookie?.(browser, world.cookieServer, selector.now()));
  };
  const issuedAt: Record<CookieState, readonly number[]> = {
    missing: [],
    fresh: [5_000],
    aged: [30_000],
    'idle too long': [maxIdleMs],
    'too old': [maxLifeMs, maxLifeMs - 50_000],
    'of nobody': [5_000],
    tampered: [5_000],
  };
  for (const ms of issuedAt[world.cookie]) before(ms, issue);
  if (world.entryAgeMs !== undefined) {
    before(world.entryAgeMs, () => {
      addresses.strategies[0]?.learn(browser, world.entryServer, selector.now());
    });
  }
  await clock.advance(selectAtMs);

  if (world.cookie === 'tampered') browser.value = tamper(browser.value!, world.seed);
  for (const [index, { adminState, isFailing, isFull }] of world.servers.entries()) {
    const server = pool.require(names[index]!);
    for (let failure = 0; isFailing && failure < 2; failure++) pool.connectFailed(server);
    pool.setAdminState(server.name, adminState);
    if (isFull) server.sessions = 1;
  }
  pool.updateServers(pool.toOptions().servers.filter(({ name }) => name !== removed));
  return { service, browser, addresses, cookies };
}

it('selects, learns and sets cookies by the five steps', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(world, async (world) => {
      const { service, browser, addresses, cookies } = await build(world);
      const { pool, selector } = service;
      const reference = new Reference(world, (name) => pool.get(name)?.ejected === true);
      const lease = new Lease();
      const held = world.servers.filter(({ isFull }) => isFull).length;

      for (let refusals = world.refusals; ; refusals--) {
        const expected = reference.select();
        const selection = selector.select(browser, lease, world.mayWait);
        seen.add(selection).add(expected.reason);
        if (expected.servers.some((name) => pool.get(name)?.ejected === true)) seen.add('ejected');
        expect(selection).toBe(expected.selection);
        const chosen = lease.server;
        if (chosen === undefined) {
          expect(selection).not.toBe('selected');
        } else {
          expect(expected.servers).toContain(chosen.name);
          expect(lease.reason).toBe(expected.reason);
          reference.learn(chosen.name);
        }
        const remembered = [...addresses.table.entries(service.clock.nowMs())];
        expect(remembered.map(({ server, expiresInMs }) => ({ server, ageMs: ttlMs - expiresInMs }))).toEqual(
          reference.entry === undefined ? [] : [reference.entry],
        );
        expect(lease.tried.map(({ name }) => name)).toEqual(reference.tried);

        if (chosen === undefined) break;
        if (refusals > 0) {
          reference.connectFailed(chosen.name, lease.reason);
          selector.connectFailed(browser, lease);
          continue;
        }
        const header = cookies.strategies[0]?.setCookie?.(browser, chosen.name, selector.now());
        expect(header !== undefined).toBe(reference.isSetCookieDue(chosen.name));
        if (header !== undefined) {
          seen.add('Set-Cookie');
          browser.accept(header);
          expect(cookies.strategies[0]?.lookup(browser, selector.now())).toBe(chosen.name);
          expect(cookies.strategies[0]?.setCookie?.(browser, chosen.name, selector.now())).toBeUndefined();
        }
        break;
      }
      selector.release(lease);
      expect(pool.servers.reduce((sum, { sessions }) => sum + sessions, 0)).toBe(held);
      service.close();
      await service.clock.advance(0);
      expect(service.clock.pending).toBe(0);
    }),
    { numRuns: 1500 },
  );
  // Every outcome was among them.
  for (const outcome of [
    'selected',
    'wait',
    'none',
    'cookie',
    'table',
    'balance',
    'redispatch',
    'ejected',
    'Set-Cookie',
  ]) {
    expect(seen).toContain(outcome);
  }
});
