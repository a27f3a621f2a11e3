import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDemoCluster, type DemoCluster } from '../../examples/demo-cluster/demo-cluster.ts';
import { findFreePorts } from '../../examples/demo-cluster/free-ports.ts';
import { CookieJar } from '../../examples/demo-cluster/traffic/cookie-jar.ts';
import { echo, findStudies, findWorklist } from '../../examples/demo-cluster/traffic/dicom-client.ts';
import { visit } from '../../examples/demo-cluster/traffic/http-client.ts';
import { nodeStatusOverTcp, nodeStatusOverUdp } from '../../examples/demo-cluster/traffic/netbios-client.ts';
import { Balancer, infinittPreset, type InfinittPorts } from '../../src/index.ts';
import { FactRecord } from '../support/fact-record.ts';

const vip = '127.0.0.10';
const timeoutMs = 3000;

let cluster: DemoCluster;
let balancer: Balancer;
let facts: FactRecord;
let ports: InfinittPorts;

beforeEach(async () => {
  cluster = await startDemoCluster({ singleHost: true });
  const [web, dicom, query, mwl, check] = await findFreePorts([vip], 5);
  ports = { web: web!, dicom: dicom!, query: query!, mwl: mwl!, check: check! };
  const preset = infinittPreset({
    vip,
    ports,
    servers: cluster.servers.map(({ name, host, ports: own }) => ({ name, host, ports: own })),
  });
  balancer = new Balancer(preset);
  facts = new FactRecord(balancer);
  await balancer.start();
});

afterEach(async () => {
  await balancer.stop({ graceMs: 0 });
  await cluster.stop();
});

/** The servers that one client meets on the five services, in both protocols of the fifth. */
async function serversOf(
  localAddress: string,
  first: keyof InfinittPorts = 'web',
): Promise<(string | undefined)[]> {
  const at = (service: keyof InfinittPorts) => ({ host: vip, port: ports[service], localAddress, timeoutMs });
  const visits = {
    web: () => visit(at('web'), new CookieJar()),
    dicom: () => echo(at('dicom')),
    query: () => findStudies(at('query')),
    mwl: () => findWorklist(at('mwl')),
    check: () => nodeStatusOverUdp(at('check')),
    checkTcp: () => nodeStatusOverTcp(at('check')),
  };
  const servers = [(await visits[first]()).server];
  for (const meet of Object.values(visits)) servers.push((await meet()).server);
  return servers;
}

describe('one client of the INFINITT preset', () => {
  it('meets one server on all five services, wherever it comes first', async () => {
    const homes = new Set<string | undefined>();
    for (const [index, first] of (['web', 'dicom', 'query', 'mwl', 'check'] as const).entries()) {
      const servers = await serversOf(`127.0.0.${31 + index}`, first);
      expect(servers).toEqual(Array(7).fill(servers[0]));
      expect(servers[0]).toMatch(/^INF_PACS[123]$/);
      homes.add(servers[0]);
    }
    expect(homes.size).toBeGreaterThan(1);
  });

  it('moves with all its services when its server dies, and others stay', async () => {
    const addresses = ['127.0.0.31', '127.0.0.32', '127.0.0.33', '127.0.0.34'];
    const before = new Map<string, string>();
    for (const address of addresses) before.set(address, (await serversOf(address))[0]!);
    const victim = before.get(addresses[0]!)!;
    await cluster.servers.find(({ name }) => name === victim)!.kill();
    for (const [address, home] of before) {
      // The first meeting after the death may be over UDP, which cannot tell a dead server: come by TCP first.
      const servers = await serversOf(address, 'dicom');
      expect(servers).toEqual(Array(7).fill(servers[0]));
      if (home === victim) expect(servers[0]).not.toBe(victim);
      else expect(servers[0]).toBe(home);
    }
    expect(facts.of('connectFailed').every(({ server }) => server === victim)).toBe(true);
    expect(balancer.explain(addresses[0]!).get('MWL')?.server).not.toBe(victim);
  });
});
