import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StickTable } from '../../../src/persistence/stick-table.ts';
import { addressOf } from '../../support/policies.ts';

const maxEntries = 5;
const ttlMs = 100;

/** Addresses that meet often; some are two spellings of one client. */
const addresses = [
  '10.0.0.1',
  '::ffff:10.0.0.1',
  '10.0.0.2',
  '::ffff:a00:2',
  '10.0.0.3',
  '255.255.255.255',
  '2001:db8::1',
  '2001:db8::1%eth0',
  '2001:db8:0:0:8000::1',
  '::1',
  '::',
].map(addressOf);

/** What a stick table must do, in the plainest way: live entries only, in order of their last use. */
class Model {
  nowMs = 0;
  readonly #entries = new Map<string, { readonly server: string; readonly lastUseMs: number }>();

  get live(): Map<string, string> {
    for (const [key, entry] of this.#entries) {
      if (this.nowMs - entry.lastUseMs >= ttlMs) this.#entries.delete(key);
    }
    return new Map([...this.#entries].map(([key, entry]) => [key, entry.server]));
  }

  put(key: string, server: string): void {
    const { live } = this;
    this.#entries.delete(key);
    if (!live.has(key) && live.size === maxEntries) this.#entries.delete([...live.keys()][0] ?? '');
    this.#entries.set(key, { server, lastUseMs: this.nowMs });
  }

  /** @returns whether it was taken */
  adopt(key: string, server: string, usedMs: number): boolean {
    const { live } = this;
    const present = this.#entries.get(key);
    if (this.nowMs - usedMs >= ttlMs || (present !== undefined && present.lastUseMs >= usedMs)) return false;
    const [oldest] = this.#entries;
    if (present === undefined && live.size === maxEntries) {
      if (oldest !== undefined && oldest[1].lastUseMs >= usedMs) return false;
      this.#entries.delete(oldest?.[0] ?? '');
    }
    this.#entries.delete(key);
    const newer = [...this.#entries].filter(([, { lastUseMs }]) => lastUseMs > usedMs);
    for (const [other] of newer) this.#entries.delete(other);
    this.#entries.set(key, { server, lastUseMs: usedMs });
    for (const [other, entry] of newer) this.#entries.set(other, entry);
    return true;
  }

  delete(key: string, server: string): void {
    if (this.#entries.get(key)?.server === server) this.#entries.delete(key);
  }

  clearServer(server: string): void {
    for (const [key, entry] of this.#entries) if (entry.server === server) this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}

/** Every address is found as the model says, the bounds hold, and the listing agrees. */
function expectAgreement(model: Model, table: StickTable): void {
  const { live, nowMs } = model;
  const found = addresses.map(({ w0, w1, w2, w3 }) => table.find(w0, w1, w2, w3, nowMs));
  expect(found).toEqual(addresses.map((client) => live.get(client.toString())));
  expect(table.size).toBeGreaterThanOrEqual(live.size);
  expect(table.size).toBeLessThanOrEqual(maxEntries);
  const listed = [...table.entries(nowMs)].map(({ address, server }) => [address.toString(), server]);
  expect(listed.sort()).toEqual([...live].sort());
}

type Step = (model: Model, table: StickTable) => void;

/** A command that does one step to both and compares them. */
class Command implements fc.Command<Model, StickTable> {
  readonly #text: string;
  readonly #step: Step;

  constructor(text: string, step: Step) {
    this.#text = text;
    this.#step = step;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, table: StickTable): void {
    this.#step(model, table);
    expectAgreement(model, table);
  }

  toString(): string {
    return this.#text;
  }
}

const address = fc.constantFrom(...addresses);
const server = fc.constantFrom('a', 'b', '__proto__');

const put = fc.tuple(address, server).map(
  ([client, name]) =>
    new Command(`put ${client.toString()} ${name}`, (model, table) => {
      const { w0, w1, w2, w3 } = client;
      model.put(client.toString(), name);
      table.put(w0, w1, w2, w3, name, model.nowMs);
    }),
);
const remove = fc.tuple(address, server).map(
  ([client, name]) =>
    new Command(`delete ${client.toString()} ${name}`, (model, table) => {
      const { w0, w1, w2, w3 } = client;
      model.delete(client.toString(), name);
      table.delete(w0, w1, w2, w3, name);
    }),
);
const adopt = fc.tuple(address, server, fc.constantFrom(0, 1, 50, 99.5, 100, 101)).map(
  ([client, name, ageMs]) =>
    new Command(`adopt ${client.toString()} ${name} of ${ageMs} ago`, (model, table) => {
      const { w0, w1, w2, w3 } = client;
      const { nowMs } = model;
      const isTaken = model.adopt(client.toString(), name, nowMs - ageMs);
      expect(table.adopt(w0, w1, w2, w3, name, nowMs - ageMs, nowMs)).toBe(isTaken);
    }),
);
/** Steps that hit expiry exactly, just before and just after are as likely as others. */
const wait = fc.oneof(fc.constantFrom(0, 1, 99, 99.5, 100, 100.5, 101), fc.integer({ min: 1, max: 60 })).map(
  (ms) =>
    new Command(`wait ${ms}`, (model) => {
      model.nowMs += ms;
    }),
);
const sweep = fc.nat({ max: 6 }).map(
  (max) =>
    new Command(`sweep ${max}`, (model, table) => {
      const before = table.size;
      const removed = table.sweep(model.nowMs, max);
      expect(removed).toBe(Math.min(max, before - model.live.size));
      expect(table.size).toBe(before - removed);
    }),
);
const clearServer = server.map(
  (name) =>
    new Command(`clearServer ${name}`, (model, table) => {
      model.clearServer(name);
      table.clearServer(name);
    }),
);
const clear = fc.constant(
  new Command('clear', (model, table) => {
    model.clear();
    table.clear();
  }),
);

/** The larger a table may grow, the less of a hash its links hold. */
const most = fc.constantFrom(12_000, 10_240_000, 2 ** 28);

describe('StickTable', () => {
  it('does what the model does', () => {
    const commands = fc.commands([put, put, put, adopt, adopt, remove, wait, sweep, clearServer, clear], {
      size: '+1',
    });
    fc.assert(
      fc.property(commands, fc.maxSafeNat(), (steps, seed) => {
        fc.modelRun(() => ({ model: new Model(), real: new StickTable({ maxEntries, ttlMs, seed }) }), steps);
      }),
      { numRuns: 500 },
    );
  });

  it('agrees with a Map through growth over many splits, removals and reuse', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 2000, max: 12_000 }), most, (seed, count, maxEntries) => {
        const table = new StickTable({ seed, maxEntries, ttlMs: Infinity });
        const model = new Map<number, string>();
        let state = seed | 1;
        for (let i = 0; i < count * 2; i++) {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
          const key = (state >>> 3) % count;
          const name = `s${(state >>> 28) & 7}`;
          if ((state & 0x70000) === 0) {
            if (model.get(key) === name) model.delete(key);
            table.delete(key, 1, 2, key, name);
          } else {
            model.set(key, name);
            table.put(key, 1, 2, key, name, i);
          }
        }
        expect(table.size).toBe(model.size);
        for (let key = 0; key < count; key++) expect(table.find(key, 1, 2, key, 0)).toBe(model.get(key));
      }),
      { numRuns: 10 },
    );
  });
});
