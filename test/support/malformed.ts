import fc from 'fast-check';

/** Anything that JSON can carry, and what JavaScript has beside, with a liking for what is nearly right. */
export const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(undefined, null, NaN, Infinity, -0, '', 'none', 'tcp', 'auto', true, 104, [], {}),
  fc.constantFrom<unknown>([null], [{}], { kind: null }, { kind: 'chain' }, { of: [null] }, 10n, Symbol('s')),
  fc.constantFrom<unknown>(() => 1, new Date(0), new Map(), Object.create(null), /x/u, new Proxy({}, {})),
);

/** Changes to a value: another one in some place of it, or an unknown key. */
export function malformed(valid: unknown): fc.Arbitrary<unknown> {
  const places = placesIn(valid);
  const place = fc.oneof(
    fc.constantFrom(...places),
    fc.tuple(fc.constantFrom(...places), fc.string()).map(([path, key]) => [...path, key]),
  );
  return fc
    .array(fc.tuple(place, anyValue), { minLength: 1, maxLength: 3 })
    .map((changes) => changes.reduce((changed, [path, value]) => withValue(changed, path, value), valid));
}

type Path = readonly (string | number)[];

function placesIn(value: unknown): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [[]];
  const below = Object.entries(value).flatMap(([key, child]) =>
    placesIn(child).map((path): Path => [Array.isArray(value) ? Number(key) : key, ...path]),
  );
  return [[], ...below];
}

function withValue(value: unknown, [key, ...rest]: Path, wanted: unknown): unknown {
  if (key === undefined) return wanted;
  if (Array.isArray(value)) {
    return value.map((child: unknown, index) => (index === key ? withValue(child, rest, wanted) : child));
  }
  if (typeof value !== 'object' || value === null) return wanted;
  // By definition, so that a key such as __proto__ is one like all others.
  const copy = { ...value };
  const child = withValue((value as Record<string, unknown>)[key], rest, wanted);
  return Object.defineProperty(copy, key, { value: child, enumerable: true, configurable: true });
}
