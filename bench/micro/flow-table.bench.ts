import Benchmark from 'benchmark';
import { IpAddress } from '../../src/model/address.ts';
import { FlowTable, type Tabled } from '../../src/udp/flow-table.ts';
import { udpDefaults } from '../../src/udp/udp-options.ts';

/**
 * What each datagram costs the flow table at its default size, full: find and touch; and what a new flow costs
 * that another one has to make room for. A `Map` keyed by text, as one would write it first, is beside it.
 */
interface BenchFlow extends Tabled {
  readonly key: string;
}

const { maxFlows } = udpDefaults;
const table = new FlowTable<BenchFlow>(udpDefaults, 12_345);
const local = new IpAddress().setV4(0x0a00ff01);
const map = new Map<string, BenchFlow>();
const addresses = Array.from({ length: 4096 }, (_, index) => new IpAddress().setV4(0x0a000000 + index * 7));

for (let index = 0; index < maxFlows; index++) {
  const { address, port } = clientAt(index);
  const flow = { slot: -1, key: `${address.toString()}:${port}` };
  table.insert(address, port, local, flow, index);
  map.set(flow.key, flow);
}

function cyclic<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('there are no items');
  return item;
}

function clientAt(index: number): { readonly address: IpAddress; readonly port: number } {
  return { address: cyclic(addresses, index), port: 1024 + Math.floor(index / addresses.length) };
}

/** Clients in no order: every look-up misses the processor's caches as often as real ones do. */
const clients = Array.from({ length: maxFlows }, (_, index) => clientAt((index * 48_271) % maxFlows));
let at = 0;
let nowMs = maxFlows;
let newcomer = 0;

new Benchmark.Suite('FlowTable, 65,536 flows')
  .add('find and touch', () => {
    const { address, port } = cyclic(clients, at++);
    const flow = table.find(address, port, local);
    if (flow === undefined) throw new Error('a flow is missing');
    table.touch(flow, false, nowMs++);
  })
  .add('Map by text: get, delete and set', () => {
    const { address, port } = cyclic(clients, at++);
    const key = `${address.toString()}:${port}`;
    const flow = map.get(key);
    if (flow === undefined) throw new Error('a flow is missing');
    map.delete(key);
    map.set(key, flow);
  })
  .add('make room for a new flow', () => {
    const first = table.firstToGo();
    if (first !== undefined) table.remove(first);
    newcomer += 1;
    table.insert(
      cyclic(addresses, newcomer),
      40_000 + ((newcomer >>> 12) & 4095),
      local,
      { slot: -1, key: '' },
      nowMs++,
    );
  })
  .on('cycle', (event: Benchmark.Event) => {
    const { name = '', hz = 0 } = event.target;
    console.log(`${name}: ${Math.round(hz).toLocaleString('en')} a second`);
  })
  .run();
