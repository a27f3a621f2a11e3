/** Why a name has no address. */
export type NameProblem = 'absent' | 'silent';

const systemCodes: Readonly<Record<NameProblem, string>> = { absent: 'ENOTFOUND', silent: 'EAI_AGAIN' };

/** A name that has no address now: nobody knows it (`absent`), or who might know it does not say (`silent`). */
export class NameError extends Error {
  readonly problem: NameProblem;
  /** As `dns.lookup` has it. */
  readonly code: string;

  constructor(host: string, problem: NameProblem) {
    super(
      problem === 'absent'
        ? `no address is known for ${host}`
        : `the lookup of ${host} failed: no name server gives an answer`,
    );
    this.problem = problem;
    this.code = systemCodes[problem];
  }
}
