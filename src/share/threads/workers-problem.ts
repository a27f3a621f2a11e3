import { linuxProblem } from '../../engine/linux/self-test.ts';

/** Why this machine can have no workers; undefined where it can. */
export function workersProblem(): string | undefined {
  if (process.env['SLUICE_ENGINE'] === 'portable') return 'SLUICE_ENGINE requests the portable engine';
  const problem = linuxProblem();
  return problem === undefined ? undefined : `no Linux engine here: ${problem}`;
}
