import { slotsPerVisit, type StickTable } from '../persistence/stick-table.ts';
import { Pace } from '../runtime/pace.ts';
import type { Clock } from '../runtime/runtime.ts';
import { EntryPacker, maxEntriesPerBlock, type EntryBlock } from './entry-block.ts';

/**
 * The entries of a table that have not expired, in blocks. The table may change meanwhile: entries that come or go are
 * packed or not, the others once, as they are when they are packed.
 */
export async function* packEntries(
  table: StickTable,
  clock: Clock,
): AsyncGenerator<EntryBlock, void, undefined> {
  const { ttlMs } = table.options;
  const pace = new Pace(clock);
  for (let from = 1; from > 0;) {
    const packer = new EntryPacker(maxEntriesPerBlock);
    const nowMs = clock.nowMs();
    const wallShiftMs = clock.wallMs() - nowMs;
    while (from > 0 && packer.room >= slotsPerVisit) {
      from = table.visit(from, (w0, w1, w2, w3, server, lastUsedMs) => {
        if (nowMs - lastUsedMs < ttlMs) packer.add(w0, w1, w2, w3, server, lastUsedMs + wallShiftMs);
        return false;
      });
    }
    if (packer.size > 0) yield packer.block();
    await pace.rest();
  }
}
