import { expect, it } from 'vitest';
import { firstAvailable } from '../../../src/balancing/first-available.ts';
import { clientOf, seededRandom, serversOf } from '../../support/policies.ts';

it('firstAvailable fills servers in order', () => {
  const servers = serversOf([1, 256, 1]);
  const picker = firstAvailable().build(servers, seededRandom(1));
  const pick = (): string | undefined => picker.pick(clientOf('192.0.2.9'), [])?.name;
  expect([pick(), pick()]).toEqual(['s0', 's0']);
  servers[0]!.sessions = Infinity;
  expect([pick(), pick()]).toEqual(['s1', 's1']);
  servers[0]!.sessions = 0;
  expect(pick()).toBe('s0');
});
