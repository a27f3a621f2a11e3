import { OptionsError } from '../base/errors.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { descriptorBudget } from './budget/descriptor-limit.ts';
import type { Engine } from './engine.ts';
import { LinuxEngine } from './linux/linux-engine.ts';
import { linuxProblem } from './linux/self-test.ts';
import { PortableEngine } from './portable/portable-engine.ts';
import { describe } from '../base/wording.ts';

/** `auto` takes the fastest engine that works here; the others insist on one. */
export const engineKinds = ['auto', 'portable', 'linux'] as const;

/** One of {@link engineKinds}. */
export type EngineKind = (typeof engineKinds)[number];

/** Where fewer sessions at once are possible, the log says so. */
const fewSessions = 2000;

/** An engine, and why it was this one. */
export interface SelectedEngine {
  readonly engine: Engine;
  readonly reason: string;
}

/** What to ask for instead, and why, where this machine cannot have an engine; undefined where it can. */
export function engineRefusal(kind: EngineKind): string | undefined {
  const problem = kind === 'linux' ? linuxProblem() : undefined;
  return problem === undefined ? undefined : `'auto' or 'portable' (no Linux engine here: ${problem})`;
}

/**
 * Makes the engine that was asked for. For `auto`, the environment variable `SLUICE_ENGINE` may ask instead of
 * the program: `portable` or `linux`.
 *
 * @throws OptionsError where there is no such engine, or this machine cannot have it
 */
export function selectEngine(kind: EngineKind, runtime: Runtime): SelectedEngine {
  const selected = select(kind, runtime);
  const { limit, reserve, capacity } = descriptorBudget();
  const sessions = Math.floor(capacity / 2);
  if (sessions < fewSessions)
    runtime.log(
      'warn',
      `only ${sessions} sessions fit into ${limit} descriptors, ${reserve} of which are reserved; raise the limit (ulimit -n)`,
    );
  return selected;
}

function select(kind: EngineKind, runtime: Runtime): SelectedEngine {
  switch (kind) {
    case 'auto':
      return automatic(runtime);
    case 'portable':
      return { engine: new PortableEngine(runtime), reason: 'requested' };
    case 'linux':
      return askedForLinux(runtime);
    default:
      throw refusal(`'auto', 'portable' or 'linux'`, kind);
  }
}

function automatic(runtime: Runtime): SelectedEngine {
  const asked = process.env['SLUICE_ENGINE'];
  if (asked === undefined || asked === '' || asked === 'auto') return fastestEngine(runtime);
  if (asked !== 'portable' && asked !== 'linux')
    throw refusal("SLUICE_ENGINE to be 'portable' or 'linux'", asked);
  return { ...select(asked, runtime), reason: 'requested by SLUICE_ENGINE' };
}

function fastestEngine(runtime: Runtime): SelectedEngine {
  const problem = linuxProblem();
  return problem === undefined
    ? linuxEngine(runtime, 'this machine supports the Linux engine')
    : { engine: new PortableEngine(runtime), reason: `no Linux engine here: ${problem}` };
}

function askedForLinux(runtime: Runtime): SelectedEngine {
  const expected = engineRefusal('linux');
  if (expected !== undefined) throw refusal(expected, 'linux');
  return linuxEngine(runtime, 'requested');
}

function linuxEngine(runtime: Runtime, reason: string): SelectedEngine {
  const engine = new LinuxEngine(runtime);
  const { batchProblem } = engine;
  return {
    engine,
    reason: batchProblem === undefined ? reason : `${reason}, without io_uring: ${batchProblem}`,
  };
}

function refusal(expected: string, kind: unknown): OptionsError {
  return new OptionsError([{ path: 'engine', expected, actual: describe(kind) }]);
}
