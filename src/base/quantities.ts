/** One kind of quantity: its units, largest first, each with its size in the smallest. */
interface Quantity {
  readonly units: readonly (readonly [name: string, size: number])[];
  readonly pattern: RegExp;
}

const durations = quantity([
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]);

/** Powers of 1024, as IEC 80000-13 names them; `KB` could mean either and is none. */
const sizes = quantity([
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
  ['B', 1],
]);

/** Milliseconds of `30m`, `1h30m` or `500ms`. @returns undefined where the text is no duration */
export function parseDuration(text: string): number | undefined {
  return parse(durations, text);
}

/** Bytes of `64KiB` or `1MiB`. @returns undefined where the text is no size */
export function parseSize(text: string): number | undefined {
  return parse(sizes, text);
}

/**
 * `1h30m` of 5,400,000 milliseconds. A part of a millisecond is dropped. Infinity, also as JSON tells it, is `ever`.
 *
 * @param maxUnits how many units are told, the largest ones. @default all
 */
export function formatDuration(ms: number, maxUnits?: number): string {
  return Number.isFinite(ms) ? format(durations, ms, maxUnits) : 'ever';
}

/** `64KiB` of 65,536 bytes. */
export function formatSize(bytes: number): string {
  return format(sizes, bytes);
}

/** What texts of this kind look like, for a JSON Schema. */
export const durationPattern = durations.pattern.source;
export const sizePattern = sizes.pattern.source;

/** Each unit at most once, the larger ones first: `1h30m`, and neither `30m1h` nor `1h1h`. */
function quantity(units: Quantity['units']): Quantity {
  const parts = units.map(([name]) => `(?:(\\d{1,15})${name})?`).join('');
  return { units, pattern: new RegExp(`^(?=.)${parts}$`, 'u') };
}

function parse({ units, pattern }: Quantity, text: string): number | undefined {
  const counts = pattern.exec(text)?.slice(1) as readonly (string | undefined)[] | undefined;
  return counts?.reduce((sum, count = '0', index) => sum + Number(count) * (units[index]?.[1] ?? 0), 0);
}

function format({ units }: Quantity, value: number, maxUnits?: number): string {
  const smallest = units.at(-1)?.[0] ?? '';
  let rest = Math.floor(value);
  const parts = units.flatMap(([name, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? [] : [`${count}${name}`];
  });
  return parts.slice(0, maxUnits).join('') || `0${smallest}`;
}
