/**
 * What Node does between two immediates: runs what `process.nextTick` and promises have queued. It has this name since
 * its first versions, and no public one.
 */
const runQueued = (process as { _tickCallback?: () => void })._tickCallback;

/**
 * Runs what handlers have queued with `process.nextTick` and promises.
 *
 * @returns false where this Node does that only when the present immediate has returned
 * @throws what was not caught there, as an immediate does
 */
export function runTicks(): boolean {
  if (runQueued === undefined) return false;
  runQueued();
  return true;
}
