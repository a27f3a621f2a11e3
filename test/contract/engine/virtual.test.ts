import { describe } from 'vitest';
import { describeEngine } from './engine-contract.ts';
import { VirtualWorld } from './virtual-world.ts';

describeEngine(
  'virtual',
  (runtime, world) => world.engine(runtime),
  () => new VirtualWorld({ reads: 'whole' }),
);

describe.each([1, 2])('with seed %d, reads that are cut, small buffers and delays', (seed) => {
  describeEngine(
    'virtual',
    (runtime, world) => world.engine(runtime),
    () => new VirtualWorld({ seed, delayMs: 1, sendBufferBytes: 10_000, receiveBufferBytes: 32_768 }),
  );
});
