import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IpAddress } from '../../../src/model/address.ts';
import { FlowKeys } from '../../../src/udp/flow-keys.ts';
import { FlowTable, type Tabled } from '../../../src/udp/flow-table.ts';
import { sourceGroups } from '../../../src/udp/noisiest-first.ts';

interface TestFlow extends Tabled {
  readonly client: string;
}

const local = IpAddress.parse('192.0.2.150')!;

interface ModelFlow {
  readonly flow: TestFlow;
  isReplied: boolean;
  lastActiveMs: number;
}

/** The obvious way: a map in order of the last activity, and when the unanswered flows of each source changed last. */
class ModelTable {
  readonly flows = new Map<string, ModelFlow>();
  readonly #changes = new Map<number, number>();
  #lastChange = 0;
  readonly #sourceOf: (client: string) => number;
  readonly #unrepliedTimeoutMs: number;
  readonly #idleTimeoutMs: number;

  constructor(unrepliedTimeoutMs: number, idleTimeoutMs: number, sourceOf: (client: string) => number) {
    this.#sourceOf = sourceOf;
    this.#unrepliedTimeoutMs = unrepliedTimeoutMs;
    this.#idleTimeoutMs = idleTimeoutMs;
  }

  add(client: string, flow: TestFlow, nowMs: number): void {
    this.flows.set(client, { flow, isReplied: false, lastActiveMs: nowMs });
    this.#change(client);
  }

  touch(client: string, isReplied: boolean, nowMs: number): void {
    const entry = this.flows.get(client)!;
    if (!entry.isReplied) this.#change(client);
    this.flows.delete(client);
    this.flows.set(client, { ...entry, isReplied, lastActiveMs: nowMs });
  }

  delete(client: string): void {
    if (this.flows.get(client)?.isReplied === false) this.#change(client);
    this.flows.delete(client);
  }

  /** Of those never answered, the longest silent of the source with the most; else the longest silent. */
  firstToGo(): TestFlow | undefined {
    const inOrder = [...this.flows.values()];
    const sources = new Map<number, ModelFlow[]>();
    for (const entry of inOrder.filter(({ isReplied }) => !isReplied)) {
      const source = this.#sourceOf(entry.flow.client);
      sources.set(source, [...(sources.get(source) ?? []), entry]);
    }
    const [noisiest] = [...sources].sort(
      ([source, flows], [other, others]) =>
        others.length - flows.length || this.#changes.get(source)! - this.#changes.get(other)!,
    );
    return (noisiest?.[1][0] ?? inOrder[0])?.flow;
  }

  #change(client: string): void {
    this.#changes.set(this.#sourceOf(client), ++this.#lastChange);
  }

  overdue(nowMs: number): string[] {
    return [...this.flows].filter(([, entry]) => this.deadlineMs(entry) <= nowMs).map(([client]) => client);
  }

  nextDeadlineMs(): number {
    return Math.min(Infinity, ...[...this.flows.values()].map((entry) => this.deadlineMs(entry)));
  }

  deadlineMs(entry: ModelFlow): number {
    return entry.lastActiveMs + (entry.isReplied ? this.#idleTimeoutMs : this.#unrepliedTimeoutMs);
  }
}

const limits = { maxFlows: 6, idleTimeoutMs: 30, unrepliedTimeoutMs: 15 };

/** Few enough that they meet, with addresses that differ in each of the four words and in nothing but the port. */
const hosts = ['10.0.0.1', '10.0.0.2', '2001:db8::1', '2001:db9::1', '2001:db8:0:1::1', '2001:db8::1:0:1'];
const clients = hosts.flatMap((host) => [137, 138].map((port) => ({ host, port, name: `${host} ${port}` })));

const anyClient = fc.constantFrom(...clients);
const anyStep = fc.oneof(
  fc.record({ kind: fc.constant('send' as const), client: anyClient }),
  fc.record({ kind: fc.constant('reply' as const), client: anyClient }),
  fc.record({ kind: fc.constant('remove' as const), client: anyClient }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 20 }) }),
);

describe('FlowTable', () => {
  it('does what a map in order of activity does', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 120 }), fc.maxSafeNat(), (steps, seed) => {
        // So that it grows twice.
        const table = new FlowTable<TestFlow>(limits, seed, 2);
        const keys = new FlowKeys(1, seed);
        const sourceOf = (client: string): number =>
          keys.sourceHash(IpAddress.parse(client.split(' ')[0]!)!) & (sourceGroups - 1);
        const model = new ModelTable(limits.unrepliedTimeoutMs, limits.idleTimeoutMs, sourceOf);
        let nowMs = 0;
        for (const step of steps) {
          if (step.kind === 'wait') {
            nowMs += step.ms;
            expireBoth(table, model, nowMs);
          } else {
            act(table, model, step, nowMs);
          }
          expectSame(table, model);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps clients apart that share all but one bit of address and port', () => {
    const table = new FlowTable<TestFlow>({ ...limits, maxFlows: 200 }, 7);
    const base = IpAddress.parse('2001:db8:1:2:3:4:5:6')!;
    const variants = Array.from({ length: 128 }, (_, bit) => {
      const words = [base.w0, base.w1, base.w2, base.w3];
      words[bit >> 5] = ((words[bit >> 5] ?? 0) ^ (1 << (bit & 31))) >>> 0;
      return new IpAddress().set(words[0]!, words[1]!, words[2]!, words[3]!);
    });
    for (const [index, address] of variants.entries()) {
      table.insert(address, 137, local, { slot: -1, client: String(index) }, 0);
    }
    expect(table.size).toBe(128);
    for (const [index, address] of variants.entries()) {
      expect(table.find(address, 137, local)?.client).toBe(String(index));
      expect(table.find(address, 138, local)).toBeUndefined();
    }
    expect(table.find(base, 137, local)).toBeUndefined();
  });

  it('uses the places of removed flows again', () => {
    const table = new FlowTable<TestFlow>({ ...limits, maxFlows: 3 }, 1);
    const address = IpAddress.parse('192.0.2.1')!;
    for (let port = 1; port <= 1000; port++) {
      if (table.isFull) table.remove(table.firstToGo()!);
      table.insert(address, port, local, { slot: -1, client: String(port) }, port);
    }
    expect(table.flows().map((flow) => flow.client)).toHaveLength(3);
    expect([998, 999, 1000].map((port) => table.find(address, port, local)?.client)).toEqual([
      '998',
      '999',
      '1000',
    ]);
  });

  it('grows to the most flows that are allowed, and keeps each', () => {
    const maxFlows = 5000;
    const table = new FlowTable<TestFlow>({ ...limits, maxFlows }, 9);
    const address = IpAddress.parse('192.0.2.1')!;
    for (let port = 1; port <= maxFlows; port++) {
      expect(table.isFull).toBe(false);
      table.insert(address, port, local, { slot: -1, client: String(port) }, port);
      if (port % 7 === 0) table.touch(table.find(address, port - 3, local)!, true, port);
    }
    expect([table.isFull, table.size]).toEqual([true, maxFlows]);
    for (let port = 1; port <= maxFlows; port++) {
      expect(table.find(address, port, local)?.client).toBe(String(port));
    }
    expect(table.overdue(20)?.client).toBe('1');
    while (table.size > 0) table.remove(table.firstToGo()!);
    expect(table.find(address, 1, local)).toBeUndefined();
  });

  it('tells flows apart by the address that the client asked', () => {
    const table = new FlowTable<TestFlow>(limits, 3);
    const client = IpAddress.parse('192.0.2.1')!;
    const locals = ['10.0.0.1', '10.0.0.2', '2001:db8::1'].map((text) => IpAddress.parse(text)!);
    for (const asked of locals) table.insert(client, 137, asked, { slot: -1, client: asked.toString() }, 0);
    for (const asked of locals) expect(table.find(client, 137, asked)?.client).toBe(asked.toString());
    table.remove(table.find(client, 137, locals[1]!)!);
    expect(locals.map((asked) => table.find(client, 137, asked)?.client)).toEqual([
      '10.0.0.1',
      undefined,
      '2001:db8::1',
    ]);
  });

  it('takes the addresses of one IPv6 network for one source', () => {
    const table = new FlowTable<TestFlow>({ ...limits, maxFlows: 200 }, 5);
    const add = (text: string, port: number): void =>
      table.insert(IpAddress.parse(text)!, port, local, { slot: -1, client: text }, 0);
    add('192.0.2.1', 1);
    add('192.0.2.2', 1);
    for (let host = 1; host <= 3; host++) add(`2001:db8::${host}`, 1);
    expect(table.firstToGo()?.client).toBe('2001:db8::1');
  });

  it('leaves newcomers the time to be answered where a flood is answered', () => {
    const table = new FlowTable<TestFlow>({ ...limits, maxFlows: 64 }, 5);
    const flood = IpAddress.parse('192.0.2.66')!;
    for (let port = 1; port <= 60; port++) {
      const flow = { slot: -1, client: `flood ${port}` };
      table.insert(flood, port, local, flow, port);
      table.touch(flow, true, port);
    }
    for (let host = 1; host <= 4; host++)
      table.insert(IpAddress.parse(`192.0.2.${host}`)!, 1, local, { slot: -1, client: `host ${host}` }, 70);
    expect(table.firstToGo()?.client).toBe('flood 1');
    table.remove(table.firstToGo()!);
    table.insert(IpAddress.parse('192.0.2.5')!, 1, local, { slot: -1, client: 'host 5' }, 70);
    expect(table.firstToGo()?.client).toBe('host 1');
  });

  it('ends a flow at its limit, not a millisecond before', () => {
    const table = new FlowTable<TestFlow>(limits, 1);
    const flow = { slot: -1, client: 'a' };
    table.insert(IpAddress.parse('192.0.2.1')!, 137, local, flow, 100);
    expect(table.nextDeadlineMs()).toBe(115);
    expect(table.overdue(114.999)).toBeUndefined();
    expect(table.overdue(115)).toBe(flow);
    table.touch(flow, true, 110);
    expect(table.overdue(139.999)).toBeUndefined();
    expect(table.overdue(140)).toBe(flow);
  });
});

function act(
  table: FlowTable<TestFlow>,
  model: ModelTable,
  step: { kind: 'send' | 'reply' | 'remove'; client: (typeof clients)[number] },
  nowMs: number,
): void {
  const { host, port, name } = step.client;
  const address = IpAddress.parse(host)!;
  const flow = table.find(address, port, local);
  expect(flow?.client).toBe(model.flows.get(name)?.flow.client);
  if (flow === undefined) {
    if (step.kind !== 'send') return;
    if (table.isFull) {
      const first = table.firstToGo()!;
      expect(first).toBe(model.firstToGo());
      table.remove(first);
      model.delete(first.client);
    }
    const added = { slot: -1, client: name };
    table.insert(address, port, local, added, nowMs);
    model.add(name, added, nowMs);
  } else if (step.kind === 'remove') {
    table.remove(flow);
    expect(flow.slot).toBe(-1);
    model.delete(name);
  } else {
    const isReplied = step.kind === 'reply' || model.flows.get(name)!.isReplied;
    table.touch(flow, isReplied, nowMs);
    model.touch(name, isReplied, nowMs);
  }
}

function expireBoth(table: FlowTable<TestFlow>, model: ModelTable, nowMs: number): void {
  const expired: string[] = [];
  for (let flow = table.overdue(nowMs); flow !== undefined; flow = table.overdue(nowMs)) {
    expired.push(flow.client);
    table.remove(flow);
  }
  const expected = model.overdue(nowMs);
  expect([...expired].sort()).toEqual(expected.sort());
  for (const client of expired) model.delete(client);
}

function expectSame(table: FlowTable<TestFlow>, model: ModelTable): void {
  expect(table.size).toBe(model.flows.size);
  expect(table.isFull).toBe(model.flows.size === limits.maxFlows);
  expect(table.nextDeadlineMs()).toBe(model.nextDeadlineMs());
  expect(table.firstToGo()).toBe(model.firstToGo());
  expect(new Set(table.flows())).toEqual(new Set([...model.flows.values()].map((entry) => entry.flow)));
}
