import type { FactEmitter } from '../facts/fact-emitter.ts';
import type { ServiceEvents } from '../facts/service-events.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { alone } from './leader/alone.ts';
import type { Sharing } from './leader/sharing.ts';
import { ThreadSharing } from './threads/thread-sharing.ts';
import { workersProblem } from './threads/workers-problem.ts';

/** @param workers how many are asked for; where this machine can have none, the log says why */
export function openSharing(workers: number, runtime: Runtime, facts: FactEmitter<ServiceEvents>): Sharing {
  if (workers === 0) return alone();
  const problem = workersProblem();
  if (problem === undefined) return new ThreadSharing(workers, runtime, facts);
  runtime.log('warn', `no workers: ${problem}`);
  return alone(`no workers: ${problem}`);
}
