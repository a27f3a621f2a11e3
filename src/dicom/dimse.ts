import { commandField, noDataSet, type CommandSet } from './command-set.ts';
import { sopClass } from './uids.ts';

/** Status codes (PS3.7 annex C, PS3.4 annexes B, C and K). */
export const dimseStatus = {
  success: 0x0000,
  /** More answers follow. */
  pending: 0xff00,
  sopClassNotSupported: 0x0122,
  unrecognizedOperation: 0x0211,
  /** C-STORE and C-FIND: the data set cannot be understood. */
  cannotUnderstand: 0xc000,
} as const;

/** Any value but `noDataSet` announces a data set; this is the one that DCMTK sends too. */
const dataSetFollows = 0x0001;

/** C-ECHO-RQ (PS3.7 §9.3.5). */
export function echoRequest(messageId: number): CommandSet {
  const affectedSopClass = sopClass.verification;
  return { field: commandField.echoRequest, messageId, affectedSopClass, dataSetType: noDataSet };
}

/** C-STORE-RQ (PS3.7 §9.3.1); the data set follows. */
export function storeRequest(
  messageId: number,
  affectedSopClass: string,
  affectedSopInstance: string,
): CommandSet {
  return {
    field: commandField.storeRequest,
    messageId,
    affectedSopClass,
    affectedSopInstance,
    priority: 0,
    dataSetType: dataSetFollows,
  };
}

/** C-FIND-RQ (PS3.7 §9.3.2); the identifier follows. */
export function findRequest(messageId: number, affectedSopClass: string): CommandSet {
  return {
    field: commandField.findRequest,
    messageId,
    affectedSopClass,
    priority: 0,
    dataSetType: dataSetFollows,
  };
}

/** The response to a request: same classes and instance, the request's message id, a status. */
export function responseTo(
  request: CommandSet,
  status: number,
  options: { readonly withDataSet?: boolean } = {},
): CommandSet {
  return {
    field: request.field | 0x8000,
    respondedTo: request.messageId ?? 0,
    ...(request.affectedSopClass === undefined ? {} : { affectedSopClass: request.affectedSopClass }),
    ...(request.affectedSopInstance === undefined
      ? {}
      : { affectedSopInstance: request.affectedSopInstance }),
    dataSetType: options.withDataSet === true ? dataSetFollows : noDataSet,
    status,
  };
}
