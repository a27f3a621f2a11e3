import { parseArgs } from 'node:util';
import { Balancer, systemRuntime } from '../../../src/index.ts';
import { measureFootprint, type Footprint } from './soak-footprint.ts';
import { SoakServers } from './soak-servers.ts';
import { soakConfig, SoakSessions } from './soak-sessions.ts';

const help = `Runs sessions with every kind of end through a balancer, and compares what the process holds before and after.

  npm run soak -- [--sessions 1000000] [--engine auto|linux|portable] [--concurrency 200] [--seed 1]

Exit code 0: nothing was left behind; 1: something was; 2: wrong options.`;

const memorySlackMiB = 32;
const settleMs = 10_000;
const progressMs = 2000;

interface Plan {
  readonly sessions: number;
  readonly engine: 'auto' | 'linux' | 'portable';
  readonly concurrency: number;
  readonly seed: number;
}

function readPlan(): Plan {
  const { values } = parseArgs({
    options: {
      sessions: { type: 'string', default: '1000000' },
      engine: { type: 'string', default: 'auto' },
      concurrency: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    process.exit(0);
  }
  const { engine } = values;
  const [sessions, concurrency, seed] = [values.sessions, values.concurrency, values.seed].map(Number);
  if (engine !== 'auto' && engine !== 'linux' && engine !== 'portable')
    throw new Error(`no engine ${engine}`);
  if (!(sessions! >= 1 && concurrency! >= 1 && seed! >= 0)) throw new Error('numbers are expected');
  return { sessions: sessions!, engine, concurrency: concurrency!, seed: seed! };
}

/** Uniform from 0 to 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function runSessions(on: SoakSessions, count: number, plan: Plan, random: () => number): Promise<void> {
  let begun = 0;
  const startMs = performance.now();
  const rate = (): number => Math.round(begun / ((performance.now() - startMs) / 1000));
  const progress = setInterval(() => {
    console.log(`${begun} of ${count} sessions, ${rate()}/s`);
  }, progressMs);
  const runOneByOne = async (): Promise<void> => {
    while (begun < count) await on.run(random(), begun++);
  };
  await Promise.all(Array.from({ length: plan.concurrency }, runOneByOne));
  clearInterval(progress);
  console.log(`${begun} sessions, ${rate()}/s`);
}

/** Sessions that are under way still, by the services' own account. */
function openSessions(balancer: Balancer): number {
  const listeners = balancer.overview().services.flatMap((service) => service.listeners);
  return listeners.reduce(
    (sum, { sessions, queued, servers }) =>
      sum + sessions + queued + servers.reduce((all, server) => all + server.sessions, 0),
    0,
  );
}

/** @returns what there is more of; nothing, once all is as before */
function growth(before: Footprint, after: Footprint): string[] {
  const found: string[] = [];
  for (const what of ['descriptors', 'handles'] as const) {
    for (const [kind, count] of Object.entries(after[what])) {
      const was = before[what][kind] ?? 0;
      if (count > was) found.push(`${what}: ${was} of ${kind} before, ${count} after`);
    }
  }
  if (after.heapMiB > before.heapMiB + memorySlackMiB)
    found.push(`heap: ${before.heapMiB} MiB before, ${after.heapMiB} MiB after`);
  return found;
}

/** Waits until there is nothing wrong any more, or for so long. @returns what is wrong then */
async function settle(wrong: () => string[]): Promise<string[]> {
  const untilMs = performance.now() + settleMs;
  while (wrong().length > 0 && performance.now() < untilMs)
    await new Promise((resolve) => setTimeout(resolve, 100));
  return wrong();
}

/** One life of a balancer. @returns what was wrong at its end, before it was stopped */
async function live(plan: Plan, count: number, random: () => number): Promise<string[]> {
  const servers = new SoakServers();
  await servers.start();
  const faults: string[] = [];
  const log = (_level: string, line: string): void => {
    if (/threw|EMFILE/.test(line) && faults.length < 10) faults.push(line);
  };
  const balancer = new Balancer(soakConfig(servers, plan.engine), { runtime: { ...systemRuntime, log } });
  await balancer.start();
  console.log(`engine ${balancer.engine.name}`);
  const sessions = new SoakSessions(balancer);
  await runSessions(sessions, count, plan, random);
  console.log(Object.fromEntries(sessions.counts));
  const wrong = await settle(() => {
    const open = openSessions(balancer);
    return open > 0 ? [`${open} sessions are counted as open`] : [];
  });
  await balancer.stop();
  servers.close();
  return [...wrong, ...faults];
}

/** The first, short life makes what is made once and kept, so that only the second is compared. */
async function soak(plan: Plan): Promise<number> {
  const random = randomOf(plan.seed);
  const wrong = await live(plan, Math.min(1000, plan.sessions), random);
  // Ends that are on their way arrive.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const before = measureFootprint();
  console.log('before', before);
  wrong.push(...(await live(plan, plan.sessions, random)));
  wrong.push(...(await settle(() => growth(before, measureFootprint()))));
  console.log('after', measureFootprint());
  for (const line of wrong) console.log(`left behind: ${line}`);
  if (wrong.length === 0) console.log('nothing was left behind');
  return wrong.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await soak(readPlan());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(help);
  process.exit(2);
}
