import { VirtualNetwork } from '../../../src/engine/virtual/virtual-network.ts';
import type { Plan } from './plan.ts';
import type { Stage } from './stage.ts';

const serviceHost = '192.0.2.1';
const serverHost = '192.0.2.2';

/** So many things happen in a row before promises are settled: few, for speed. */
const stepsInARow = 100;

/** A stage of its own for one plan: a virtual network that cuts every read, and orders what happens, by its seed. */
export function virtualStage({ seed }: Plan): Stage {
  const network = new VirtualNetwork({
    seed,
    reads: 'split',
    delayMs: seed % 3,
    sendBufferBytes: 4_096 << (seed % 5),
    receiveBufferBytes: 4_096 << (seed % 7),
  });
  const { clock, runtime } = network;
  const engine = network.engine(network.host(serviceHost));
  const ends = network.engine(network.host(serverHost));
  return {
    engine,
    ends,
    runtime,
    serviceHost,
    serverHost,
    later: (delayMs, work) => {
      clock.schedule(delayMs, work);
    },
    until: async (condition, limitMs) => {
      const endMs = clock.nowMs() + limitMs;
      for (let steps = 0; !condition(); steps++) {
        if (steps % stepsInARow === 0) await settled();
        if (network.step(endMs)) continue;
        await settled();
        if (!network.step(endMs)) return condition();
      }
      return true;
    },
    close: async () => {
      const closing = Promise.all([engine.close(), ends.close()]);
      await network.until(closing);
    },
  };
}

function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
