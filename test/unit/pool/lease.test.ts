import { expect, it } from 'vitest';
import { Lease } from '../../../src/pool/lease.ts';
import { serversOf } from '../../support/policies.ts';

it('is empty at first, and again once it is cleared', () => {
  const [a, b] = serversOf([1, 1]);
  const lease = new Lease();
  expect(lease).toMatchObject({ server: undefined, reason: 'none', tried: [] });
  lease.server = a;
  lease.reason = 'balance';
  lease.addTried(a!);
  lease.addTried(b!);
  expect(lease.tried).toEqual([a, b]);
  lease.clear();
  expect(lease).toMatchObject({ server: undefined, reason: 'none', tried: [] });
});

it('shares no servers tried with other leases', () => {
  const [server] = serversOf([1]);
  const [first, second] = [new Lease(), new Lease()];
  first.addTried(server!);
  expect(second.tried).toEqual([]);
});
