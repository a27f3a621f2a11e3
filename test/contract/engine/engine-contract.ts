import { afterEach, beforeEach, describe, expect } from 'vitest';
import { describeArrivals } from './arrivals-contract.ts';
import { describeBackPressure } from './back-pressure-contract.ts';
import { describeClosing } from './closing-contract.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';
import { EngineFixture, type MakeEngine } from './engine-fixture.ts';
import { describeDelivery } from './delivery-contract.ts';
import { describeEarlyAnswer } from './early-answer-contract.ts';
import { SystemWorld, type PlainWorld } from './plain-world.ts';
import { describeErrors } from './errors-contract.ts';
import { describeLimit } from './limit-contract.ts';
import { describeLoop } from './loop-contract.ts';
import { describeNames } from './names-contract.ts';
import { describeRelay } from './relay-contract.ts';
import { describeTcp } from './tcp-contract.ts';
import { describeUdp } from './udp-contract.ts';
import { describeUrgent } from './urgent-contract.ts';

/**
 * What every engine must do. The far ends are plain sockets of Node, so that an engine is held to what others
 * see of it and not to what it says of itself; those of an engine in memory are plain ends on the same network.
 */
export function describeEngine(name: string, makeEngine: MakeEngine): void;
export function describeEngine<World extends PlainWorld>(
  name: string,
  makeEngine: (runtime: Runtime, world: World) => Engine,
  makeWorld: () => World,
): void;
export function describeEngine(
  name: string,
  makeEngine: (runtime: Runtime, world: PlainWorld) => Engine,
  makeWorld: () => PlainWorld = () => new SystemWorld(),
): void {
  describe(`the ${name} engine`, () => {
    let current: EngineFixture | undefined;
    const fixture = (): EngineFixture => current ?? expect.fail('there is a fixture inside tests only');

    beforeEach(() => {
      const world = makeWorld();
      current = new EngineFixture((runtime) => makeEngine(runtime, world), world);
    });
    afterEach(async () => {
      await current?.dispose();
      expect(current?.ownerCalls.violations).toEqual([]);
    });

    describeTcp(fixture);
    describeArrivals(fixture);
    describeClosing(fixture);
    describeBackPressure(fixture);
    describeRelay(fixture);
    describeUrgent(fixture);
    describeUdp(fixture);
    describeDelivery(fixture);
    describeEarlyAnswer(fixture);
    describeErrors(fixture);
    describeNames(fixture);
    describeLimit(fixture);
    describeLoop(fixture);
  });
}
