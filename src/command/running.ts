import type { Balancer } from '../balancer/balancer.ts';
import { SluiceError } from '../base/errors.ts';
import type { Clock } from '../runtime/runtime.ts';

/** What is told while a balancer runs; standard error, so that standard output stays the access log's. */
export type Tell = (line: string) => void;

/** How often a stop says what it waits for. */
const tellEveryMs = 1000;

/**
 * Stops a balancer and says what it waits for: every second, the sessions that are left.
 *
 * @param atOnce aborts when nothing is waited for any more
 */
export async function stopTelling(
  balancer: Balancer,
  graceMs: number,
  clock: Clock,
  atOnce: AbortSignal,
  tell: Tell,
): Promise<void> {
  const cut = (): void => void balancer.stop({ graceMs: 0 });
  if (atOnce.aborted) cut();
  else atOnce.addEventListener('abort', cut, { once: true });
  const stopped = balancer.stop({ graceMs });
  let cancelTimer = (): void => undefined;
  const look = (): void => {
    const left = sessionsLeft(balancer);
    if (left !== '') tell(`Waits for sessions: ${left}`);
    const timer = clock.schedule(tellEveryMs, look, true);
    cancelTimer = () => timer.cancel();
  };
  look();
  await stopped;
  cancelTimer();
}

function sessionsLeft(balancer: Balancer): string {
  return balancer
    .overview()
    .services.map(({ name, listeners }) => ({
      name,
      sessions: listeners.reduce((sum, { sessions }) => sum + sessions, 0),
    }))
    .filter(({ sessions }) => sessions > 0)
    .map(({ name, sessions }) => `${name} ${sessions}`)
    .join(', ');
}

/** A change that was not made, in words. */
export function whyNot(error: unknown): string {
  if (SluiceError.is(error)) return error.message;
  return error instanceof Error ? error.message : String(error);
}
