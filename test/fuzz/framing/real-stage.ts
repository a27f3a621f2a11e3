import { PortableEngine } from '../../../src/engine/portable/portable-engine.ts';
import { selectEngine, type EngineKind } from '../../../src/engine/select-engine.ts';
import { systemRuntime } from '../../../src/runtime/system-runtime.ts';
import { ownAddress } from '../../support/own-address.ts';
import type { Stage } from './stage.ts';

/** Stages on loopback that share their engines: those of plays that follow each other. */
export interface RealStages {
  next(): Stage;
  close(): Promise<void>;
}

/** Others would connect to ports of the common ones that they had themselves before. */
const [serviceHost, serverHost] = [ownAddress(), ownAddress()];

/** Loopback, with clients and servers on the portable engine, whatever the service stands on. */
export function realStages(kind: EngineKind): RealStages {
  const { engine } = selectEngine(kind, systemRuntime);
  const ends = new PortableEngine(systemRuntime);
  const stage: Stage = {
    engine,
    ends,
    runtime: systemRuntime,
    serviceHost,
    serverHost,
    later: (delayMs, work) => {
      if (delayMs === 0) setImmediate(work);
      else setTimeout(work, delayMs);
    },
    until: async (condition, limitMs) => {
      const dueMs = performance.now() + limitMs;
      while (!condition()) {
        if (performance.now() > dueMs) return false;
        await new Promise((resolve) => setImmediate(resolve));
      }
      return true;
    },
    close: () => Promise.resolve(),
  };
  return {
    next: () => stage,
    close: async () => {
      await ends.close();
      await engine.close();
    },
  };
}
