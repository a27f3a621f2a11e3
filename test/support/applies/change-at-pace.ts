import { setTimeout as delay } from 'node:timers/promises';

/** How often a balancer is changed: so often in the time, one change right after the other, each second, or never. */
export type Pace = 'asked' | 'often' | 'each second' | 'never';

/** For how long a balancer is changed, and how often where its pace is `asked`. */
export interface Plan {
  readonly seconds: number;
  readonly applies: number;
}

/** Changes one after the other, late ones at once, until the time is over. @returns how many */
export async function changeAtPace(pace: Pace, plan: Plan, change: () => Promise<void>): Promise<number> {
  const beginMs = performance.now();
  const lengthMs = plan.seconds * 1000;
  const intervalMs = { asked: lengthMs / plan.applies, often: 0, 'each second': 1000, never: Infinity }[pace];
  const sinceMs = (): number => performance.now() - beginMs;
  let done = 0;
  // In the middle of its interval: never is Infinity, too.
  for (let dueMs = intervalMs / 2; dueMs < lengthMs; dueMs += intervalMs) {
    if (sinceMs() < dueMs) await delay(dueMs - sinceMs());
    if (sinceMs() >= lengthMs) break;
    await change();
    done += 1;
  }
  return done;
}
