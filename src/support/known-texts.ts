import { isPlain } from '../base/plain-data.ts';
import { isSecretOption } from '../config/secret-options.ts';

/** In place of a text that is not known to be harmless. */
export const notShown = 'not shown';

/**
 * Where texts may be shown, and which: `services.servers.name`, or `*.kind` for a key anywhere. Elements of an array have the
 * path of the array.
 */
export type KnownTexts = ReadonlyMap<string, RegExp>;

/** Places whose every text may be shown. */
export function placesOf(...paths: readonly string[]): readonly (readonly [string, RegExp])[] {
  return paths.map((path) => [path, /^/u]);
}

/**
 * Plain data for strangers: numbers, and texts that are known to be harmless. Texts are listed that may be shown, and not those
 * that may not: what nobody thought of is hidden.
 *
 * @param hidden what stands for other texts; undefined leaves them out
 */
export function withKnownTexts(
  value: unknown,
  known: KnownTexts,
  hidden: string | undefined,
  path = '',
): unknown {
  if (isSecret(path)) return hidden;
  if (typeof value === 'string') return value === 'Infinity' || isKnown(known, path, value) ? value : hidden;
  if (Array.isArray(value)) return value.map((element) => withKnownTexts(element, known, hidden, path));
  if (isPlain(value)) {
    const entries = Object.entries(value).map(([key, element]) => {
      return [key, withKnownTexts(element, known, hidden, path === '' ? key : `${path}.${key}`)];
    });
    return Object.fromEntries(entries) as unknown;
  }
  return isLive(value) ? hidden : value;
}

function isLive(value: unknown): boolean {
  return typeof value === 'function' || (typeof value === 'object' && value !== null);
}

/** A seed would tell which clients meet in a table. */
function isSecret(path: string): boolean {
  return isSecretOption(path) || path.endsWith('.seed');
}

function isKnown(known: KnownTexts, path: string, text: string): boolean {
  const key = path.slice(path.lastIndexOf('.') + 1);
  return (known.get(path) ?? known.get(`*.${key}`))?.test(text) === true;
}
