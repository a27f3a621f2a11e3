import { SluiceError } from '../base/errors.ts';
import type { StopOptions } from '../listener/lifecycle.ts';

/** A service, or one of its listeners. */
export interface Startable {
  start(): Promise<void>;
  stop(options: StopOptions): Promise<void>;
}

/**
 * Starts all, or none.
 *
 * @throws SluiceError that names everything that failed, with the code of the first
 */
export async function startAll(services: readonly Startable[]): Promise<void> {
  const outcomes = await Promise.allSettled(services.map((service) => service.start()));
  const errors = outcomes
    .filter((outcome) => outcome.status === 'rejected')
    .map(({ reason }) => reason as unknown);
  if (errors.length === 0) return;
  await Promise.all(services.map((service) => service.stop({ graceMs: 0 })));
  throw joinErrors(errors);
}

/** One error that names all, with the code of the first; a single one as it is. */
export function joinErrors(errors: readonly unknown[]): Error {
  const [first] = errors;
  if (errors.length === 1 && first instanceof Error) return first;
  const messages = errors.map((error) => (error instanceof Error ? error.message : String(error)));
  // What all have in common is said once.
  const message = [...new Set(messages)].join('\n');
  const code = SluiceError.is(first) ? first.code : 'SLUICE_ERR_INTERNAL';
  return new SluiceError(code, message, { cause: new AggregateError(errors) });
}
