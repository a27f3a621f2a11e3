import type { CommandSet } from '../../src/dicom/command-set.ts';
import type { DataSet } from '../../src/dicom/data-set.ts';
import type { Archive } from './archive.ts';
import type { ServerStatistics } from './server-statistics.ts';

/** What the operations of one server work on. */
export interface DicomStores {
  readonly archive: Archive;
  readonly worklist: readonly DataSet[];
  readonly statistics: ServerStatistics;
}

/** The accepted presentation context that a message came in. */
export interface MessageContext {
  readonly abstractSyntax: string;
  readonly transferSyntax: string;
}

/** One response message. */
export interface Answer {
  readonly command: CommandSet;
  readonly dataSet?: Buffer;
}

/** One request under way: gets its data set in pieces, then answers. */
export interface Operation {
  onData(bytes: Buffer): void;
  finish(): readonly Answer[];
}
