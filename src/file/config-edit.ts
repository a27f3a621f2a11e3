import type { ValueChange, ValuePath } from '../base/edit.ts';
import { isPlain, isSamePlain } from '../base/plain-data.ts';

/** A change of one value of a configuration file. What the file has of the value already keeps its comments. */
export type ConfigEdit = ValueChange & {
  /**
   * Where: `services[1].port`, or the names that lead there. The index behind the last element of a list adds one. Maps
   * on the way that are not there are made.
   */
  readonly path: string | ValuePath;
};

/** One change that is made in a text. */
export type Step = { readonly path: ValuePath } & ({ readonly put: unknown } | { readonly remove: true });

/**
 * The steps that turn one value into another, each as small as can be, so that what stays keeps its text. Paths are those
 * before the first step: take one, and ask again.
 */
export function stepsBetween(present: unknown, next: unknown, path: ValuePath = []): readonly Step[] {
  if (isSamePlain(present, next)) return [];
  if (Array.isArray(present) && Array.isArray(next)) return stepsOfList(present, next, path);
  if (!isPlain(present) || !isPlain(next)) return [{ path, put: next }];
  const gone = Object.keys(present).filter((key) => !Object.hasOwn(next, key));
  const removals = gone.map((key): Step => ({ path: [...path, key], remove: true }));
  const others = Object.entries(next).flatMap(([key, value]): readonly Step[] => {
    const at = [...path, key];
    return Object.hasOwn(present, key) ? stepsBetween(present[key], value, at) : [{ path: at, put: value }];
  });
  return [...removals, ...others];
}

/**
 * A list of as many elements changes in place. Otherwise its elements are told by their names, as those of servers and
 * services, or by where they begin to differ. New ones come before others go, so that the list has as many elements as the
 * next one at the end only.
 */
function stepsOfList(
  present: readonly unknown[],
  next: readonly unknown[],
  path: ValuePath,
): readonly Step[] {
  const surplus = Math.max(0, present.length - next.length);
  const [before, after] = [namesIn(present), namesIn(next)];
  const areNamed = present.length !== next.length && before !== undefined && after !== undefined;
  const alike = present.findIndex((element, index) => !isSamePlain(element, next[index]));
  const stays = (index: number): boolean =>
    areNamed ? after.includes(before[index] ?? '') : index < alike || index >= alike + surplus;
  const kept = [...present.keys()].filter(stays);
  // What stays must stand where it stood among the others; new ones come last.
  if (areNamed && kept.some((index, place) => before[index] !== after[place])) return [{ path, put: next }];
  const added = next.slice(kept.length);
  const gone = [...present.keys()].filter((index) => !stays(index)).reverse();
  return [
    ...added.map((put, more): Step => ({ path: [...path, present.length + more], put })),
    ...kept.flatMap((index, place) => stepsBetween(present[index], next[place], [...path, index])),
    ...gone.map((index): Step => ({ path: [...path, index], remove: true })),
  ];
}

/** The names of all elements. @returns undefined where one has none, or two have the same */
function namesIn(list: readonly unknown[]): readonly string[] | undefined {
  const names = list.map((element) => (isPlain(element) ? element['name'] : undefined));
  return new Set(names).size === names.length && names.every((name) => typeof name === 'string')
    ? names
    : undefined;
}
