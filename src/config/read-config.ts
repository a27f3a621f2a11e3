import { OptionsError } from '../base/errors.ts';
import { OptionDescriber } from '../base/option-describer.ts';
import type { JsonSchema } from '../base/option-schema.ts';
import { OptionReader } from '../base/options.ts';
import { readEngine } from './read-engine.ts';
import { readService } from './read-service.ts';
import type { ResolvedConfig } from './resolved-config.ts';
import type { PlacedService, RuleSubject } from './rule.ts';
import { checkRules, smellsIn } from './rules.ts';

/**
 * Reads a whole configuration: plain data, where live objects may stand in place of specs. Makes nothing.
 *
 * @param inWorkers in how many workers the services run, whatever the configuration says. @default as it says
 * @returns it, complete and frozen
 * @throws OptionsError with every problem in it, and with what else is worth a word
 */
export function readConfig(value: unknown, inWorkers?: number): ResolvedConfig {
  const reader = new OptionReader('', value);
  return finishConfig(reader, readValues(reader), inWorkers);
}

/**
 * Checks what was read of a configuration, and ends the reading.
 *
 * @param reader whatever else its object may have was asked for before
 * @throws OptionsError as `readConfig`
 */
export function finishConfig(
  reader: OptionReader,
  { engine, workers, services }: RuleSubject,
  inWorkers = workers,
): ResolvedConfig {
  const subject = { engine, workers: inWorkers, services };
  checkRules(subject, reader.problems);
  reader.refuseUnknownKeys();
  if (reader.problems.length > 0) throw new OptionsError(reader.problems, smellsIn(subject, reader.problems));
  return Object.freeze({ engine, workers, services: Object.freeze(services.map(({ service }) => service)) });
}

/** What a configuration may state, as the JSON Schema of draft 2020-12. What rules find is no part of it. */
export function describeConfig(): JsonSchema {
  return describeOptions(readValues);
}

/** What some code reads of a whole configuration, as a JSON Schema. */
export function describeOptions(read: (reader: OptionReader) => unknown): JsonSchema {
  const describer = new OptionDescriber();
  read(describer);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Sluice',
    ...describer.schema,
    $defs: describer.definitions,
  };
}

/** Reads what a configuration states, each value by itself. What is wrong is left out, or undefined. */
export function readValues(reader: OptionReader): RuleSubject {
  const engine = readEngine(reader);
  const workers = reader.integer('workers', { min: 0, max: 64, default: 0 });
  const services = reader.list('services', { min: 1 }, (elements, index) => {
    const element = elements.child(index);
    return { service: readService(element), at: (option: string) => element.at(option) };
  });
  const isKnown = (place: (typeof services)[number]): place is PlacedService => place.service !== undefined;
  return { engine, workers, services: services.filter(isKnown) };
}
