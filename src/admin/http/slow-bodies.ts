import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../runtime/runtime.ts';

/** How long the body of an order may take. */
export const orderBodyMs = 30_000;

/** How long a backup may take. */
export const uploadBodyMs = 10 * 60_000;

/** Cuts the connection where a body takes longer: who sends it letter by letter holds a place that others need. */
export function limitBody(request: IncomingMessage, clock: Clock, limitMs: number): void {
  const timer = clock.schedule(limitMs, () => request.destroy(), true);
  const cancel = (): void => timer.cancel();
  request.once('end', cancel).once('close', cancel);
}
