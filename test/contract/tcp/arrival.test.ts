import { afterEach, beforeEach, describe, expect } from 'vitest';
import { LinuxEngine } from '../../../src/engine/linux/linux-engine.ts';
import { linuxProblem } from '../../../src/engine/linux/self-test.ts';
import { PortableEngine } from '../../../src/engine/portable/portable-engine.ts';
import { EngineFixture } from '../engine/engine-fixture.ts';
import { VirtualWorld } from '../engine/virtual-world.ts';
import { describeArrival } from './arrival-contract.ts';

function virtual(): EngineFixture {
  const world = new VirtualWorld({ seed: 1, delayMs: 1, sendBufferBytes: 10_000 });
  return new EngineFixture((runtime) => world.engine(runtime), world);
}

const engines: readonly [string, boolean, () => EngineFixture][] = [
  ['portable', false, () => new EngineFixture((runtime) => new PortableEngine(runtime))],
  ['linux', linuxProblem() !== undefined, () => new EngineFixture((runtime) => new LinuxEngine(runtime))],
  ['virtual', false, virtual],
];

for (const [name, isMissing, make] of engines) {
  describe.skipIf(isMissing)(`on the ${name} engine`, () => {
    let current: EngineFixture | undefined;

    beforeEach(() => {
      current = make();
    });
    afterEach(async () => {
      await current?.dispose();
    });

    describeArrival(() => current ?? expect.fail('there is a fixture inside tests only'));
  });
}
