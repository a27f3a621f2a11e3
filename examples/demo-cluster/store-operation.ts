import { createHash } from 'node:crypto';
import type { CommandSet } from '../../src/dicom/command-set.ts';
import { DataSet } from '../../src/dicom/data-set.ts';
import { dimseStatus, responseTo } from '../../src/dicom/dimse.ts';
import { DataSetHead } from './data-set-head.ts';
import type { Answer, DicomStores, MessageContext, Operation } from './dicom-operation.ts';

/** Rows, columns and pixels begin with this group. */
const imageGroup = 0x0028_0000;

/** C-STORE: remembers what came, by its hash and by the attributes before the pixels. */
export class StoreOperation implements Operation {
  readonly #command: CommandSet;
  readonly #context: MessageContext;
  readonly #stores: DicomStores;
  readonly #hash = createHash('sha256');
  readonly #head = new DataSetHead();

  constructor(command: CommandSet, context: MessageContext, stores: DicomStores) {
    this.#command = command;
    this.#context = context;
    this.#stores = stores;
  }

  onData(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.#head.add(bytes);
  }

  finish(): readonly Answer[] {
    const sopInstanceUid = this.#command.affectedSopInstance ?? '';
    if (sopInstanceUid === '' || this.#head.bytes === 0) {
      return [{ command: responseTo(this.#command, dimseStatus.cannotUnderstand) }];
    }
    const { archive, statistics } = this.#stores;
    statistics.stores++;
    const instance = {
      sopInstanceUid,
      sopClassUid: this.#command.affectedSopClass ?? this.#context.abstractSyntax,
      sha256: this.#hash.digest('hex'),
      bytes: this.#head.bytes,
    };
    archive.store(instance, this.#head.decode(this.#context, imageGroup) ?? new DataSet());
    return [{ command: responseTo(this.#command, dimseStatus.success) }];
  }
}
