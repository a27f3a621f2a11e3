import type { PlainConfig } from '../config/plain-config.ts';
import type { EntryBlock } from './entry-block.ts';
import type { ServerOrder, Snapshot, TableDescription } from './snapshot.ts';

/** A piece of a snapshot, as it is written: first the head, and each block of entries behind its table. */
export type SnapshotPart =
  | { readonly kind: 'head'; readonly atMs: number; readonly generation: number }
  | { readonly kind: 'config'; readonly config: PlainConfig }
  | { readonly kind: 'orders'; readonly orders: readonly ServerOrder[] }
  | { readonly kind: 'table'; readonly table: TableDescription }
  | { readonly kind: 'entries'; readonly block: EntryBlock };

/** A whole snapshot piece by piece. */
export function* partsOf({ atMs, generation, orders, tables, config }: Snapshot): Generator<SnapshotPart> {
  yield { kind: 'head', atMs, generation };
  if (config !== undefined) yield { kind: 'config', config };
  yield { kind: 'orders', orders };
  for (const { blocks, ...table } of tables) {
    yield { kind: 'table', table };
    for (const block of blocks) yield { kind: 'entries', block };
  }
}

/** The pieces as one. @throws TypeError where the first one is no head, or entries have no table */
export async function joinParts(
  parts: AsyncIterable<SnapshotPart> | Iterable<SnapshotPart>,
): Promise<Snapshot> {
  const joined = new JoinedParts();
  for await (const part of parts) joined.add(part);
  return joined.snapshot;
}

class JoinedParts {
  #head: Extract<SnapshotPart, { readonly kind: 'head' }> | undefined = undefined;
  #config: PlainConfig | undefined = undefined;
  readonly #orders: ServerOrder[] = [];
  readonly #tables: (TableDescription & { readonly blocks: EntryBlock[] })[] = [];

  add(part: SnapshotPart): void {
    switch (part.kind) {
      case 'head':
        this.#head = part;
        break;
      case 'config':
        this.#config = part.config;
        break;
      case 'orders':
        this.#orders.push(...part.orders);
        break;
      case 'table':
        this.#tables.push({ ...part.table, blocks: [] });
        break;
      case 'entries': {
        const table = this.#tables.at(-1);
        if (table === undefined) throw new TypeError('entries without a table');
        table.blocks.push(part.block);
      }
    }
  }

  get snapshot(): Snapshot {
    if (this.#head === undefined) throw new TypeError('no head');
    const { atMs, generation } = this.#head;
    const config = this.#config === undefined ? {} : { config: this.#config };
    return { atMs, generation, orders: this.#orders, tables: this.#tables, ...config };
  }
}
