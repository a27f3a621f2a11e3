import { commandField, type CommandSet } from '../../src/dicom/command-set.ts';
import { dimseStatus, responseTo } from '../../src/dicom/dimse.ts';
import { isStorageClass } from '../../src/dicom/uids.ts';
import type { DicomStores, MessageContext, Operation } from './dicom-operation.ts';
import { FindOperation, isFindClass } from './find-operation.ts';
import { StoreOperation } from './store-operation.ts';

/** @returns undefined for requests that get no answer */
export function startOperation(
  command: CommandSet,
  context: MessageContext,
  stores: DicomStores,
): Operation | undefined {
  switch (command.field) {
    case commandField.cancelRequest:
      // All answers of a C-FIND are sent at once: nothing is left to cancel.
      return undefined;
    case commandField.echoRequest:
      stores.statistics.echoes++;
      return statusAlone(command, dimseStatus.success);
    case commandField.storeRequest:
      return isStorageClass(context.abstractSyntax)
        ? new StoreOperation(command, context, stores)
        : statusAlone(command, dimseStatus.sopClassNotSupported);
    case commandField.findRequest:
      return isFindClass(context.abstractSyntax)
        ? new FindOperation(command, context, stores)
        : statusAlone(command, dimseStatus.sopClassNotSupported);
    default:
      return statusAlone(command, dimseStatus.unrecognizedOperation);
  }
}

/** Answers with a status, whatever data set comes along. */
function statusAlone(command: CommandSet, status: number): Operation {
  return { onData() {}, finish: () => [{ command: responseTo(command, status) }] };
}
