import type { CarryOver } from '../persistence/make-persistence.ts';
import type { Clock } from '../runtime/runtime.ts';
import { adoptEntries } from './adopt-entries.ts';
import { packEntries } from './pack-entries.ts';

/** Gives tables the entries of those that were in their place before. Traffic goes on meanwhile, so it may be repeated. */
export async function carryEntries(carryOvers: readonly CarryOver[], clock: Clock): Promise<void> {
  for (const { from, to } of carryOvers) await adoptEntries(to, packEntries(from, clock), clock, () => true);
}
