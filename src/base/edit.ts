/** The names that lead to a value, from the outermost. */
export type ValuePath = readonly (string | number)[];

/** What becomes of one value. */
export type ValueChange = { readonly value: unknown } | { readonly remove: true };

/**
 * One change of a configuration as plain data. The path is that of a problem: `services[1].servers[0].port`. Where an
 * element of an array is removed, those behind it move up.
 */
export type Edit =
  { readonly path: string; readonly value: unknown } | { readonly path: string; readonly remove: true };

/**
 * A configuration with one edit made. What the edit does not touch is shared with the given one, and where there is no such
 * place, it is the given one.
 */
export function withEdit(config: unknown, edit: Edit): unknown {
  const names = namesIn(edit.path);
  return (names === undefined ? undefined : withChange(config, names, edit)) ?? config;
}

/**
 * Plain data with one value put in or taken out. Maps on the way that are not there are made, and the index behind the last
 * element of a list adds one.
 *
 * @returns undefined where there is no such place
 */
export function withChange(value: unknown, names: ValuePath, change: ValueChange): unknown {
  const [name, ...rest] = names;
  if (name === undefined) return 'value' in change ? change.value : undefined;
  if (Array.isArray(value)) return withElement(value, name, rest, change);
  const isMissing = value === undefined || value === null;
  if ((!isMissing && typeof value !== 'object') || typeof name === 'number') return undefined;
  const entries = new Map<string, unknown>(Object.entries(value ?? {}));
  if ('remove' in change && rest.length === 0)
    return entries.delete(name) ? Object.fromEntries(entries) : undefined;
  const inner = withChange(entries.get(name), rest, change);
  return inner === undefined ? undefined : Object.fromEntries(entries.set(name, inner));
}

function withElement(
  list: readonly unknown[],
  name: string | number,
  rest: ValuePath,
  change: ValueChange,
): unknown {
  if (typeof name !== 'number' || name > list.length) return undefined;
  if ('remove' in change && rest.length === 0)
    return name < list.length ? list.toSpliced(name, 1) : undefined;
  const inner = withChange(list[name], rest, change);
  return inner === undefined ? undefined : list.toSpliced(name, 1, inner);
}

/** The names of a path such as `services[1].port`. @returns undefined where it is no path */
export function namesIn(path: string): ValuePath | undefined {
  const steps = [...path.matchAll(/(?:^|\.)([^.[\]]+)|\[(\d+)\]/gu)];
  if (steps.map(([step]) => step).join('') !== path) return undefined;
  return steps.map(([, name, index]) => name ?? Number(index));
}
