import { afterEach, beforeEach, describe, expect } from 'vitest';
import { describeBackPressure } from './back-pressure-contract.ts';
import { describeClosing } from './closing-contract.ts';
import { EngineFixture, type MakeEngine } from './engine-fixture.ts';
import { describeDelivery } from './delivery-contract.ts';
import { describeEarlyAnswer } from './early-answer-contract.ts';
import { describeErrors } from './errors-contract.ts';
import { describeLimit } from './limit-contract.ts';
import { describeLoop } from './loop-contract.ts';
import { describeRelay } from './relay-contract.ts';
import { describeTcp } from './tcp-contract.ts';
import { describeUdp } from './udp-contract.ts';
import { describeUrgent } from './urgent-contract.ts';

/**
 * What every engine must do. The far ends are plain sockets of Node, so that an engine is held to what others
 * see of it and not to what it says of itself.
 */
export function describeEngine(name: string, makeEngine: MakeEngine): void {
  describe(`the ${name} engine`, () => {
    let current: EngineFixture | undefined;
    const fixture = (): EngineFixture => current ?? expect.fail('there is a fixture inside tests only');

    beforeEach(() => {
      current = new EngineFixture(makeEngine);
    });
    afterEach(async () => {
      await current?.dispose();
      expect(current?.ownerCalls.violations).toEqual([]);
    });

    describeTcp(fixture);
    describeClosing(fixture);
    describeBackPressure(fixture);
    describeRelay(fixture);
    describeUrgent(fixture);
    describeUdp(fixture);
    describeDelivery(fixture);
    describeEarlyAnswer(fixture);
    describeErrors(fixture);
    describeLimit(fixture);
    describeLoop(fixture);
  });
}
