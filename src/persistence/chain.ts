import { OptionsError, type OptionProblem } from '../base/errors.ts';
import { isClientFacts } from '../model/client.ts';
import type { Persistence, PersistenceStrategy } from './persistence.ts';
import { describe } from '../base/wording.ts';

/**
 * Several persistences in order of precedence: the first that remembers a usable server decides, and all of
 * them learn it. `chain(httpCookie(), sourceIp())` is what appliances call "HTTP cookie and source IP".
 *
 * @throws OptionsError where there is none, or one is no persistence
 */
export function chain(...persistences: readonly Persistence[]): Persistence {
  const problems: OptionProblem[] = [];
  if (persistences.length === 0) {
    problems.push({ path: 'chain', expected: 'at least one persistence', actual: 'nothing' });
  }
  for (const [index, value] of persistences.entries()) {
    if (isPersistence(value)) continue;
    problems.push({ path: `chain[${index}]`, expected: 'a persistence', actual: describe(value) });
  }
  if (problems.length > 0) throw new OptionsError(problems);
  return Object.freeze({
    name: `chain(${persistences.map((persistence) => persistence.name).join(', ')})`,
    // Not frozen: to iterate over a frozen array costs a call for each element.
    strategies: persistences.flatMap((persistence) => persistence.strategies),
  });
}

/** Is it a live persistence, own implementations included, rather than a spec? */
export function isPersistence(value: unknown): value is Persistence {
  const { name, strategies } = Object(value) as Partial<Persistence>;
  return typeof name === 'string' && Array.isArray(strategies) && strategies.every(isStrategy);
}

function isStrategy(value: unknown): value is PersistenceStrategy {
  const { needs, lookup, learn, forget } = Object(value) as Partial<PersistenceStrategy>;
  return isClientFacts(needs) && [lookup, learn, forget].every((member) => typeof member === 'function');
}
