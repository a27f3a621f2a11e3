import { isPlain, isSamePlain } from '../base/plain-data.ts';
import { formatDuration, formatSize } from '../base/quantities.ts';
import { isSecretOption } from './secret-options.ts';

/** One option that differs. In place of what is secret stands the text `'not shown'`. */
export interface OptionChange {
  /** Its path in the service or server: `persistence.ttlMs`. */
  readonly option: string;
  /** Plain data; undefined where there was none. */
  readonly from: unknown;
  readonly to: unknown;
}

/**
 * Every option that differs, in the order of the paths; plain data down to its leaves.
 *
 * @param option the path of the two values
 */
export function optionChanges(from: unknown, to: unknown, option = ''): readonly OptionChange[] {
  if (isSamePlain(from, to)) return [];
  const at = (key: string): string => (option === '' ? key : `${option}.${key}`);
  if (isPlain(from) && isPlain(to)) {
    const keys = new Set([...Object.keys(from), ...Object.keys(to)]);
    return [...keys].flatMap((key) => optionChanges(from[key], to[key], at(key)));
  }
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    return from.flatMap((element, index) => optionChanges(element, to[index], `${option}[${index}]`));
  }
  return [{ option, from: withoutSecrets(from, option), to: withoutSecrets(to, option) }];
}

function withoutSecrets(value: unknown, option: string): unknown {
  if (isSecretOption(option)) return value === undefined ? undefined : notShown;
  if (Array.isArray(value)) return value.map((element) => withoutSecrets(element, option));
  if (!isPlain(value)) return value;
  const entries = Object.entries(value).map(([key, element]) => [
    key,
    withoutSecrets(element, `${option}.${key}`),
  ]);
  return Object.fromEntries(entries) as unknown;
}

const notShown = 'not shown';

/** `idleTimeoutMs 1h → 12h`. */
export function showChange({ option, from, to }: OptionChange): string {
  if (from === notShown && to === notShown) return `${option} differs`;
  return `${option} ${showValue(option, from)} → ${showValue(option, to)}`;
}

/** A value of an option in words. */
export function showValue(option: string, value: unknown): string {
  if (value === undefined) return 'none';
  if (typeof value === 'number' && option.endsWith('Ms')) return formatDuration(value);
  if (typeof value === 'number' && option.endsWith('Bytes')) return formatSize(value);
  if (typeof value === 'string') return value;
  // Two live objects look alike; they differ because they are two.
  return isLive(value) ? 'a live object' : JSON.stringify(value);
}

function isLive(value: unknown): boolean {
  return (
    typeof value === 'function' || (typeof value === 'object' && !Array.isArray(value) && !isPlain(value))
  );
}
