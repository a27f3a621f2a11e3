import { describe, expect, it } from 'vitest';
import { rendezvous } from '../../../src/balancing/rendezvous.ts';
import { OptionsError } from '../../../src/base/errors.ts';
import { clientOf, seededRandom, serversOf } from '../../support/policies.ts';

const random = seededRandom(1);

describe('rendezvous', () => {
  it('chooses by name, whatever the order of the servers', () => {
    const servers = serversOf([1, 2, 3, 4, 5]);
    const picker = rendezvous().build(servers, random);
    const reversed = rendezvous().build(servers.toReversed(), random);
    for (let i = 0; i < 250; i++) {
      const client = clientOf(`10.1.2.${i}`);
      expect(picker.pick(client, [])).toBe(reversed.pick(client, []));
    }
  });

  it('makes the same choices in every version: sessions do not move at an update', () => {
    const picker = rendezvous().build(serversOf([1, 1, 2]), random);
    const clients = [
      '192.168.85.10',
      '192.168.85.11',
      '10.0.0.1',
      '::ffff:10.0.0.1',
      '2001:db8::1',
      '2001:db8::2',
    ];
    expect(clients.map((text) => picker.pick(clientOf(text), [])?.name)).toMatchInlineSnapshot(`
      [
        "s0",
        "s0",
        "s1",
        "s1",
        "s1",
        "s1",
      ]
    `);
  });

  it('goes back to its first choice when that has room again', () => {
    const servers = serversOf([1, 2, 3]);
    const picker = rendezvous().build(servers, random);
    const client = clientOf('10.1.2.3');
    const first = picker.pick(client, [])!;
    first.sessions = Infinity;
    const second = picker.pick(client, [])!;
    expect(second).not.toBe(first);
    expect(picker.pick(client, [second])).toBe(
      servers.find((server) => server !== first && server !== second),
    );
    expect(picker.pick(client, servers)).toBeUndefined();
    first.sessions = 0;
    expect(picker.pick(client, [])).toBe(first);
  });

  it('chooses among more servers than it keeps choices for', () => {
    const servers = serversOf([...new Array<number>(70_000).fill(1), 2 ** 40]);
    const picker = rendezvous().build(servers, random);
    for (let i = 0; i < 3; i++) expect(picker.pick(clientOf('10.1.2.3'), [])).toBe(servers.at(-1));
  });

  it('treats clients of one prefix alike', () => {
    const picker = rendezvous({ prefixV4: 24, prefixV6: 64 }).build(
      serversOf([1, 1, 1, 1, 1, 1, 1, 1]),
      random,
    );
    const v4 = new Set<string | undefined>();
    const v6 = new Set<string | undefined>();
    const others = new Set<string | undefined>();
    for (let i = 0; i < 250; i++) {
      v4.add(picker.pick(clientOf(`10.1.2.${i}`), [])?.name);
      v6.add(picker.pick(clientOf(`2001:db8:1:2:${i.toString(16)}::${i.toString(16)}`), [])?.name);
      others.add(picker.pick(clientOf(`10.1.${i}.1`), [])?.name);
    }
    expect([v4.size, v6.size, others.size]).toEqual([1, 1, 8]);
  });

  it('reports all wrong options at once', () => {
    const wrong = { prefixV4: 33, prefixV6: 1.5, prefix: 4 };
    expect(() => rendezvous(wrong)).toThrow(OptionsError);
    expect(() => rendezvous(wrong)).toThrow(/rendezvous\.prefixV4.*\n.*rendezvous\.prefixV6.*\n.*'prefix'/);
  });
});
