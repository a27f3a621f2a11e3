/** What one entry takes: its server, its last use, and its key. */
export const bytesPerEntry = 24;
/** A block of this size is packed within a millisecond. */
export const maxEntriesPerBlock = 4096;
const usedAt = 2;
const keyAt = 8;

/** Entries of a table, packed: 24 bytes each, in no particular order. */
export interface EntryBlock {
  /** The servers' names. An entry has the position of one. */
  readonly servers: readonly string[];
  /**
   * Of each entry, least significant byte first: the position of its server in 2 bytes, its last use in milliseconds
   * since 1970 in 6, and the four words of its key in 16.
   */
  readonly bytes: Uint8Array;
}

/** Packs entries into one block. */
export class EntryPacker {
  readonly #bytes: Buffer;
  readonly #servers = new Map<string, number>();
  #end = 0;

  /** @param capacity the most entries of this block, at most {@link maxEntriesPerBlock} */
  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity * bytesPerEntry);
  }

  /** How many more entries there is room for. */
  get room(): number {
    return (this.#bytes.length - this.#end) / bytesPerEntry;
  }

  get size(): number {
    return this.#end / bytesPerEntry;
  }

  /** @param lastUsedAtMs milliseconds since 1970 */
  add(w0: number, w1: number, w2: number, w3: number, server: string, lastUsedAtMs: number): void {
    const bytes = this.#bytes;
    const at = this.#end;
    this.#end += bytesPerEntry;
    bytes.writeUInt16LE(this.#numberOf(server), at);
    bytes.writeUIntLE(Math.max(0, Math.round(lastUsedAtMs)), at + usedAt, 6);
    bytes.writeUInt32LE(w0 >>> 0, at + keyAt);
    bytes.writeUInt32LE(w1 >>> 0, at + keyAt + 4);
    bytes.writeUInt32LE(w2 >>> 0, at + keyAt + 8);
    bytes.writeUInt32LE(w3 >>> 0, at + keyAt + 12);
  }

  /** What was added. */
  block(): EntryBlock {
    return { servers: [...this.#servers.keys()], bytes: this.#bytes.subarray(0, this.#end) };
  }

  #numberOf(server: string): number {
    const known = this.#servers.get(server);
    if (known !== undefined) return known;
    this.#servers.set(server, this.#servers.size);
    return this.#servers.size - 1;
  }
}

/** Reads the entries of a block one by one. */
export class EntryReader {
  readonly #servers: readonly string[];
  readonly #bytes: Buffer;
  readonly size: number;

  constructor({ servers, bytes }: EntryBlock) {
    this.#servers = servers;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.size = Math.floor(bytes.length / bytesPerEntry);
  }

  server(entry: number): string {
    return this.#servers[this.#bytes.readUInt16LE(entry * bytesPerEntry)] ?? '';
  }

  /** Milliseconds since 1970. */
  lastUsedAtMs(entry: number): number {
    return this.#bytes.readUIntLE(entry * bytesPerEntry + usedAt, 6);
  }

  /** One of the four words of the key. */
  word(entry: number, index: number): number {
    return this.#bytes.readUInt32LE(entry * bytesPerEntry + keyAt + 4 * index);
  }
}
