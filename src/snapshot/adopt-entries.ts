import type { StickTable } from '../persistence/stick-table.ts';
import { Pace } from '../runtime/pace.ts';
import type { Clock } from '../runtime/runtime.ts';
import { TimeQueue, type Timed } from '../runtime/time-queue.ts';
import { EntryReader, type EntryBlock } from './entry-block.ts';

/** What became of entries that a table was given. */
export interface AdoptedEntries {
  /** The table has them now. */
  readonly restored: number;
  /** Their time was over. */
  readonly expired: number;
  /** They name a server that is not there. */
  readonly unknownServer: number;
  /** The table knew something newer of the client, or was full of newer entries. */
  readonly outdated: number;
}

/** Entries between two looks at the clock. */
const entriesPerStep = 256;

/**
 * Gives a table entries in the order of their last use, which is the order that it keeps them in. Their time goes on
 * from their last use, whatever has happened since.
 *
 * @param isKnown whether there is a server of that name
 */
export async function adoptEntries(
  table: StickTable,
  blocks: AsyncIterable<EntryBlock> | Iterable<EntryBlock>,
  clock: Clock,
  isKnown: (server: string) => boolean,
): Promise<AdoptedEntries> {
  const counts = { restored: 0, expired: 0, unknownServer: 0, outdated: 0 };
  const { ttlMs } = table.options;
  const runs = new TimeQueue<SortedRun>();
  const pace = new Pace(clock);
  for await (const block of blocks) {
    const run = new SortedRun(block);
    if (!run.isOver) runs.add(run);
    await pace.rest();
  }
  const wallShiftMs = clock.wallMs() - clock.nowMs();
  for (let run = runs.first, step = 1; run !== undefined; run = runs.first, step++) {
    const nowMs = clock.nowMs();
    const server = run.server;
    // A clock that was set back must not make an entry live longer than a new one.
    const usedMs = Math.min(nowMs, run.dueMs - wallShiftMs);
    if (nowMs - usedMs >= ttlMs) counts.expired += 1;
    else if (!isKnown(server)) counts.unknownServer += 1;
    else if (table.adopt(run.word(0), run.word(1), run.word(2), run.word(3), server, usedMs, nowMs))
      counts.restored += 1;
    else counts.outdated += 1;
    runs.delete(run);
    run.next();
    if (!run.isOver) runs.add(run);
    if (step % entriesPerStep === 0) await pace.rest();
  }
  return counts;
}

/** The entries of a block in the order of their last use. */
class SortedRun implements Timed {
  dueMs = 0;
  queueIndex = -1;
  queueOrder = 0;
  readonly #entries: EntryReader;
  readonly #order: Uint32Array;
  #position = -1;

  constructor(block: EntryBlock) {
    this.#entries = new EntryReader(block);
    this.#order = orderOf(this.#entries);
    this.next();
  }

  get isOver(): boolean {
    return this.#position >= this.#order.length;
  }

  get server(): string {
    return this.#entries.server(this.#entry);
  }

  word(index: number): number {
    return this.#entries.word(this.#entry, index);
  }

  next(): void {
    this.#position += 1;
    if (!this.isOver) this.dueMs = this.#entries.lastUsedAtMs(this.#entry);
  }

  get #entry(): number {
    return this.#order[this.#position] ?? 0;
  }
}

/** Entries that are older than this, compared to the youngest, come in any order: 30 years. */
const maxSpanMs = 1e12;

/** The entries of a block by their last use. Sorted as numbers of which each is a time and a position: that is quick. */
function orderOf(entries: EntryReader): Uint32Array {
  const { size } = entries;
  const times = Float64Array.from({ length: size }, (_, entry) => entries.lastUsedAtMs(entry));
  const firstMs = times.reduce((latest, time) => Math.max(latest, time), 0) - maxSpanMs;
  const keys = times.map((time, entry) => Math.max(0, time - firstMs) * size + entry).sort();
  return Uint32Array.from(keys, (key) => key % size);
}
