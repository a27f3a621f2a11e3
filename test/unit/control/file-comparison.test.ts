import { expect, it, vi } from 'vitest';
import { FileComparison } from '../../../src/control/file-comparison.ts';
import { Balancer, type BalancerConfig } from '../../../src/index.ts';

const said: BalancerConfig = {
  services: [{ name: 'DICOM', mode: 'tcp', port: 0, servers: [{ name: 'pacs1', host: '192.0.2.11' }] }],
};

it('compares only after a change of the balancer or of the file', async () => {
  const balancer = new Balancer(said);
  const compare = vi.spyOn(balancer, 'differencesFrom');
  let file = said;
  const comparison = new FileComparison(balancer, '/etc/pacs.yaml', () => file);
  for (let frame = 0; frame < 3; frame++) {
    expect(await comparison.now()).toEqual({ path: '/etc/pacs.yaml', differences: [] });
  }
  expect(compare).toHaveBeenCalledTimes(1);
  balancer.halt({ server: 'pacs1' });
  for (let frame = 0; frame < 3; frame++) expect((await comparison.now()).differences).toHaveLength(1);
  expect(compare).toHaveBeenCalledTimes(2);
  file = {
    services: said.services.map((service) => ({
      ...service,
      servers: [{ ...service.servers[0]!, adminState: 'halt' }],
    })),
  };
  expect((await comparison.now()).differences).toEqual([]);
  expect(compare).toHaveBeenCalledTimes(3);
});

it('says in one line why a file says nothing, and compares again once it does', async () => {
  let isWrong = true;
  const read = async (): Promise<BalancerConfig> => {
    if (isWrong) throw new Error('pacs.yaml:8: expected a port\n  and more');
    return said;
  };
  const comparison = new FileComparison(new Balancer(said), 'pacs.yaml', read);
  expect(await comparison.now()).toEqual({
    path: 'pacs.yaml',
    differences: [],
    problem: 'pacs.yaml:8: expected a port',
  });
  isWrong = false;
  expect(await comparison.now()).toEqual({ path: 'pacs.yaml', differences: [] });
});
