import { describe } from 'vitest';
import { LinuxEngine } from '../../../src/engine/linux/linux-engine.ts';
import { linuxProblem } from '../../../src/engine/linux/self-test.ts';
import { describeEngine } from './engine-contract.ts';

const problem = linuxProblem();

describe.skipIf(problem !== undefined)(
  `where there is one${problem === undefined ? '' : ` (not here: ${problem})`}`,
  () => {
    describeEngine('linux', (runtime) => new LinuxEngine(runtime));
  },
);
