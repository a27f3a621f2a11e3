import { attribute } from '../../src/dicom/attributes.ts';
import type { CommandSet } from '../../src/dicom/command-set.ts';
import type { DataSet } from '../../src/dicom/data-set.ts';
import { encodeDataSet } from '../../src/dicom/data-set-encoder.ts';
import { encodingOf } from '../../src/dicom/data-set-encoding.ts';
import { dimseStatus, responseTo } from '../../src/dicom/dimse.ts';
import { sopClass } from '../../src/dicom/uids.ts';
import { DataSetHead } from './data-set-head.ts';
import type { Answer, DicomStores, MessageContext, Operation } from './dicom-operation.ts';
import { answerTo, matches } from './query-matching.ts';

export function isFindClass(abstractSyntax: string): boolean {
  return abstractSyntax === sopClass.modalityWorklistFind || abstractSyntax === sopClass.studyRootFind;
}

/** C-FIND: all entries of the worklist, or records of the archive, that match. */
export class FindOperation implements Operation {
  readonly #command: CommandSet;
  readonly #context: MessageContext;
  readonly #stores: DicomStores;
  readonly #query = new DataSetHead();

  constructor(command: CommandSet, context: MessageContext, stores: DicomStores) {
    this.#command = command;
    this.#context = context;
    this.#stores = stores;
  }

  onData(bytes: Buffer): void {
    this.#query.add(bytes);
  }

  finish(): readonly Answer[] {
    const query = this.#query.decode(this.#context);
    const encoding = encodingOf(this.#context.transferSyntax);
    if (query === undefined || encoding === undefined) {
      return [{ command: responseTo(this.#command, dimseStatus.cannotUnderstand) }];
    }
    this.#stores.statistics.finds++;
    const pending = responseTo(this.#command, dimseStatus.pending, { withDataSet: true });
    const found = this.#records(query).filter((record) => matches(query, record));
    return [
      ...found.map((record) => ({
        command: pending,
        dataSet: encodeDataSet(answerTo(query, record), encoding),
      })),
      { command: responseTo(this.#command, dimseStatus.success) },
    ];
  }

  #records(query: DataSet): readonly DataSet[] {
    return this.#context.abstractSyntax === sopClass.modalityWorklistFind
      ? this.#stores.worklist
      : this.#stores.archive.recordsAt(query.text(attribute.queryRetrieveLevel) ?? '');
  }
}
