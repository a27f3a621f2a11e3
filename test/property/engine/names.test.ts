import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressChoice } from '../../../src/engine/names/address-choice.ts';
import { parseHosts } from '../../../src/engine/names/hosts-file.ts';
import { NameError } from '../../../src/engine/names/name-error.ts';
import { NameState } from '../../../src/engine/names/name-state.ts';
import { candidateNames, parseSearchRules } from '../../../src/engine/names/search-rules.ts';

const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
const hostName = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const address = fc.oneof(fc.ipV4(), fc.ipV6());
const blank = fc.stringMatching(/^[ \t]{1,3}$/);
const comment = fc.oneof(fc.constant(''), fc.stringMatching(/^#[ -~]{0,20}$/));

describe('hosts files', () => {
  it('have for each name the addresses of all its lines, in order, whatever stands between them', () => {
    const line = fc.tuple(address, blank, fc.array(hostName, { minLength: 1, maxLength: 3 }), comment);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const text = lines.map(([at, space, names, end]) => `${[at, ...names].join(space)}${end}`).join('\n');
        const table = parseHosts(text);
        const names = new Set(lines.flatMap(([, , of]) => of));
        expect([...table.keys()].toSorted()).toEqual([...names].toSorted());
        for (const name of names) {
          const addresses = lines.filter(([, , of]) => of.includes(name)).map(([at]) => at);
          expect(table.get(name)).toEqual([...new Set(addresses)]);
        }
      }),
    );
  });

  it('never fail to be read', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseHosts(text);
        parseSearchRules(text, text);
      }),
    );
  });
});

describe('candidates of a name', () => {
  it('are the name and its completions, each once, the name first or last as its dots say', () => {
    fc.assert(
      fc.property(
        hostName,
        fc.uniqueArray(hostName, { maxLength: 6 }),
        fc.nat({ max: 15 }),
        (name, domains, minDots) => {
          const candidates = candidateNames(name, { domains, minDots });
          expect(candidates).toHaveLength(domains.length + 1);
          const isFirst = name.split('.').length > minDots;
          expect(candidates.at(isFirst ? 0 : -1)).toBe(name);
          expect(candidates.slice(isFirst ? 1 : 0).slice(0, domains.length)).toEqual(
            domains.map((domain) => `${name}.${domain}`),
          );
        },
      ),
    );
  });
});

describe('the choice of an address', () => {
  it('always has every address once, what worked just now first, and what failed just now behind all that did not', () => {
    const found = fc.record({
      index: fc.nat({ max: 7 }),
      endpoint: fc.nat({ max: 2 }),
      isGood: fc.boolean(),
    });
    const some = fc.uniqueArray(address, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(some, fc.array(found), (addresses, events) => {
        const choice = new AddressChoice();
        const failed = new Set<string>();
        for (const { index, endpoint, isGood } of events) {
          const one = addresses[index % addresses.length]!;
          if (isGood) choice.worked(endpoint, one);
          else choice.failed(endpoint, one, 0);
          if (isGood) failed.delete(`${endpoint} ${one}`);
          else failed.add(`${endpoint} ${one}`);
          const order = choice.order(addresses, endpoint, 0);
          expect(order.toSorted()).toEqual(addresses.toSorted());
          if (isGood) expect(order[0]).toBe(one);
          const isLast = order.map((other) => failed.has(`${endpoint} ${other}`));
          expect(isLast).toEqual(isLast.toSorted((x, y) => Number(x) - Number(y)));
        }
      }),
    );
  });
});

describe('what is known of a name', () => {
  it('is an answer as long as there was one lately, and never what no answer said', () => {
    const step = fc.record({
      afterMs: fc.nat({ max: 60_000 }),
      outcome: fc.oneof(
        fc.constantFrom('absent' as const, 'silent' as const),
        fc.array(address, { minLength: 1, maxLength: 3 }),
      ),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        const state = new NameState();
        let nowMs = 0;
        let told: { addresses: readonly string[]; atMs: number } | undefined = undefined;
        for (const { afterMs, outcome } of steps) {
          nowMs += afterMs;
          if (typeof outcome === 'string') state.fail(new NameError('x', outcome), nowMs);
          else {
            state.learn({ addresses: outcome, holdMs: 0 }, nowMs);
            told = { addresses: outcome, atMs: nowMs };
          }
          expect(state.dueMs).toBeGreaterThan(nowMs);
          expect(state.at(nowMs)).toBe(state.addresses.length > 0 ? 'known' : 'failed');
          if (state.addresses.length > 0) expect(state.addresses).toBe(told?.addresses);
          if (told !== undefined && nowMs - told.atMs <= 30_000 && state.addresses.length === 0)
            expect.fail('an address was forgotten too early');
        }
      }),
    );
  });
});
