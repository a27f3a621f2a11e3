import type { OptionReader } from '../base/options.ts';
import type { Clock, Runtime } from './runtime.ts';
import { systemRuntime } from './system-runtime.ts';

/** Reads the option `runtime`; without it, the system's. */
export function readRuntime(reader: OptionReader): Runtime {
  const value = reader.raw('runtime');
  if (value === undefined) return systemRuntime;
  if (isRuntime(value)) return value;
  reader.problem('runtime', 'a runtime, with a clock, `random` and `log`');
  return systemRuntime;
}

function isRuntime(value: unknown): value is Runtime {
  const { clock, random, log } = Object(value) as Partial<Record<keyof Runtime, unknown>>;
  const { nowMs, wallMs, schedule } = Object(clock) as Partial<Record<keyof Clock, unknown>>;
  return [random, log, nowMs, wallMs, schedule].every((member) => typeof member === 'function');
}
