// A balancer of the built package, which its parent gives one configuration after the other. Plain JavaScript: what would
// compile TypeScript takes memory of its own.
import { Balancer } from '../../../dist/index.js';

/** Longer than any session of the scene. */
const graceMs = 600_000;
let balancer;

async function apply(config) {
  if (balancer === undefined) {
    balancer = new Balancer(config);
    return balancer.start();
  }
  return new Promise((onServing, reject) => {
    balancer.apply(config, { graceMs, onServing }).catch((error) => {
      reject(error);
      console.error(error);
    });
  });
}

async function measureHeap() {
  for (let i = 0; i < 3; i++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1_048_576;
}

process.on('disconnect', () => process.exit(0));
process.on('message', (config) => {
  (config === 'heap' ? measureHeap() : apply(config)).then(
    (result) => process.send({ result }),
    (error) => process.send({ error: String(error) }),
  );
});
