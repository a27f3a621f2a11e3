import type { BalancingPolicy } from '../../src/balancing/balancing-policy.ts';
import { firstAvailable } from '../../src/balancing/first-available.ts';
import { leastConnections } from '../../src/balancing/least-connections.ts';
import { rendezvous } from '../../src/balancing/rendezvous.ts';
import { roundRobin } from '../../src/balancing/round-robin.ts';
import { twoChoices } from '../../src/balancing/two-choices.ts';
import { IpAddress } from '../../src/model/address.ts';
import { AddressClient } from '../../src/model/client.ts';
import { Server } from '../../src/model/server.ts';
import { measure, type Case } from './suite.ts';

const policies = [roundRobin(), leastConnections(), twoChoices(), rendezvous(), firstAvailable()];
const nobody: readonly Server[] = [];
const client = new AddressClient(new IpAddress(), 50_000, new IpAddress(), 80);

/** Weights from 1 to 256, the heaviest too far apart for a short round. */
function serversOf(count: number, weighted: boolean): Server[] {
  return Array.from({ length: count }, (_, index) => {
    const weight = weighted ? 1 + ((index * 37) % 256) : 1;
    return new Server({ name: `server-${index}`, host: '192.0.2.1', weight });
  });
}

/** Picks for another client each time, and gives the session to the server picked, as a lease would. */
function pickCase(policy: BalancingPolicy, count: number): Case {
  const servers = serversOf(count, true);
  const picker = policy.build(servers, Math.random);
  const held = new Array<Server | undefined>(4096).fill(undefined);
  let turn = 0;
  const run = (): void => {
    turn = (turn + 1) & 4095;
    client.address.setV4((0x0a000000 + turn) >>> 0);
    const picked = picker.pick(client, nobody);
    const ended = held[turn];
    if (ended !== undefined) ended.sessions -= 1;
    if (picked !== undefined) picked.sessions += 1;
    held[turn] = picked;
  };
  return { name: policy.kind, run };
}

/** What the first pick of a group of clients costs, too: every server is looked at. */
function nextChoiceCase(count: number): Case {
  const picker = rendezvous().build(serversOf(count, true), Math.random);
  const tried: Server[] = [];
  let turn = 0;
  const run = (): void => {
    turn = (turn + 1) & 4095;
    client.address.setV4((0x0a000000 + turn) >>> 0);
    const first = picker.pick(client, nobody);
    if (first !== undefined) tried[0] = first;
    picker.pick(client, tried);
  };
  return { name: `rendezvous, ${count} servers`, run };
}

function buildCase(policy: BalancingPolicy, count: number, weighted: boolean): Case {
  const servers = serversOf(count, weighted);
  let previous = policy.build(servers, Math.random);
  const name = `${policy.kind}, ${count} servers, ${weighted ? 'weights to 256' : 'equal weights'}`;
  const run = (): void => {
    previous = policy.build(servers, Math.random, previous);
  };
  return { name, run };
}

for (const count of [3, 100, 10_000]) {
  measure(
    `pick among ${count} servers, 4,096 sessions open`,
    policies.map((policy) => pickCase(policy, count)),
  );
}
measure('pick a first choice and the next one', [3, 100, 10_000].map(nextChoiceCase));
measure('build after a change', [
  buildCase(roundRobin(), 100, true),
  buildCase(roundRobin(), 10_000, false),
  buildCase(roundRobin(), 10_000, true),
  buildCase(twoChoices(), 10_000, true),
  buildCase(rendezvous(), 10_000, true),
]);
