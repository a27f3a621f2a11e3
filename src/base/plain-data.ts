/** Is it the same configuration? Plain data by content; a live object is the same only as itself. */
export function isSamePlain(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((element, index) => isSamePlain(element, b[index]));
  }
  if (!isPlain(a) || !isPlain(b)) return Object.is(a, b);
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isSamePlain(a[key], b[key]));
}

/**
 * Plain data as JSON has it: without undefined values, and with a text for `Infinity`. Other values, such as objects
 * of a class, stay as they are.
 */
export function toPlain(value: unknown): unknown {
  if (value === Infinity) return 'Infinity';
  if (Array.isArray(value)) return value.map(toPlain);
  if (!isPlain(value)) return value;
  const present = Object.entries(value).filter(([, element]) => element !== undefined);
  return Object.fromEntries(present.map(([key, element]) => [key, toPlain(element)]));
}

/** Is there no live object anywhere in it: nothing that JSON could not hold? */
export function isPlainThroughout(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlainThroughout);
  if (isPlain(value)) return Object.values(value).every(isPlainThroughout);
  return typeof value !== 'function' && (typeof value !== 'object' || value === null);
}

/** Freezes plain data throughout; other values, such as objects of a class, stay as they are. @returns the same */
export function freezePlain<T>(value: T): T {
  if (!Array.isArray(value) && !isPlain(value)) return value;
  for (const element of Object.values(value)) freezePlain(element);
  Object.freeze(value);
  return value;
}

/** An object that no class made. Not by its `Object`: tests in Jest, and programs in `node:vm`, have another one. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype !== null && Object.getPrototypeOf(prototype) === null;
}
