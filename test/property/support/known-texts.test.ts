import fc from 'fast-check';
import { expect, it } from 'vitest';
import { placesOf, withKnownTexts } from '../../../src/support/known-texts.ts';

/** Texts and keys that are told apart: keys are names of options. */
const marked = fc.string({ unit: 'binary' }).map((text) => `<${text}>`);
const { data } = fc.letrec((tie) => ({
  data: fc.oneof(marked, fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('object')),
  list: fc.array(tie('data'), { maxLength: 3 }),
  object: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/u), tie('data'), { maxKeys: 4 }),
}));

it('shows no text of a place that nobody named', () => {
  fc.assert(
    fc.property(data, (value) => {
      expect(JSON.stringify([withKnownTexts(value, new Map(), undefined)])).not.toContain('<');
      expect(JSON.stringify(withKnownTexts(value, new Map(), 'not shown'))).not.toContain('<');
    }),
  );
});

it('shows known texts, and no secret whatever its place', () => {
  const known = new Map([...placesOf('services.name', '*.kind', '*.secret'), ['pick', /^table$/u] as const]);
  const value = {
    pick: 'own',
    services: [
      { name: 'Web', port: 80, host: '192.0.2.1', persistence: { kind: 'httpCookie', secret: 's', seed: 5 } },
    ],
    probe: { kind: 'http', headers: { kind: 'Bearer' }, check: () => true },
  };
  expect(withKnownTexts(value, known, '-')).toEqual({
    pick: '-',
    services: [
      { name: 'Web', port: 80, host: '-', persistence: { kind: 'httpCookie', secret: '-', seed: '-' } },
    ],
    probe: { kind: 'http', headers: '-', check: '-' },
  });
});
