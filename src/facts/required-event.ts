import { OptionsError } from '../base/errors.ts';
import { serviceEventNames } from './service-events.ts';
import { describe, nearestName } from '../base/wording.ts';

const names: ReadonlySet<string> = new Set(serviceEventNames);

/**
 * For programs that no compiler checks: a handler of an event that never comes would wait in silence.
 *
 * @param method for the message: `on`
 * @throws OptionsError with the nearest name
 */
export function requireEvent(method: string, name: unknown, handler: unknown): void {
  if (typeof name !== 'string' || !names.has(name)) {
    const nearest = typeof name === 'string' ? nearestName(name, names) : undefined;
    const known = nearest === undefined ? `one of ${[...names].join(', ')}` : `'${nearest}'`;
    throw new OptionsError([
      { path: `${method}()`, expected: `a known event such as ${known}`, actual: describe(name) },
    ]);
  }
  if (typeof handler === 'function') return;
  throw new OptionsError([
    { path: `${method}('${name}')`, expected: 'a function', actual: describe(handler) },
  ]);
}
