import type { AssociateRequest } from '../../src/dicom/associate.ts';
import { encodingOf } from '../../src/dicom/data-set-encoding.ts';
import { reject, type AssociateReject } from '../../src/dicom/pdu.ts';
import type { AnsweredContext, ProposedContext } from '../../src/dicom/presentation-context.ts';
import { dicomApplicationContext, isStorageClass, sopClass } from '../../src/dicom/uids.ts';
import { isFindClass } from './find-operation.ts';

/** Whom an association is with. */
export interface AcceptorIdentity {
  /** Told to clients as the implementation version name. */
  readonly serverName: string;
  /** Associations for other AE titles are rejected; undefined takes any. */
  readonly calledAe: string | undefined;
}

/** Why an association is not taken; undefined where it is. */
export function rejectionOf(
  request: AssociateRequest,
  { calledAe }: AcceptorIdentity,
): AssociateReject | undefined {
  if ((request.protocolVersion & 1) === 0) return reject.protocolVersionUnknown;
  if (request.applicationContext !== dicomApplicationContext) return reject.applicationContextUnknown;
  return calledAe === undefined || request.calledAe === calledAe ? undefined : reject.calledAeUnknown;
}

/** Takes a context with the first of its transfer syntaxes that will do, or says why not. */
export function answerContext({ id, abstractSyntax, transferSyntaxes }: ProposedContext): AnsweredContext {
  const [first = ''] = transferSyntaxes;
  if (!isServed(abstractSyntax)) return { id, result: 3, transferSyntax: first };
  // An image is hashed, not decoded, so that any of its syntaxes will do; queries must be read.
  const accepted = isStorageClass(abstractSyntax)
    ? transferSyntaxes[0]
    : transferSyntaxes.find((uid) => encodingOf(uid) !== undefined);
  if (accepted === undefined) return { id, result: 4, transferSyntax: first };
  return { id, result: 0, transferSyntax: accepted };
}

function isServed(abstractSyntax: string): boolean {
  return (
    abstractSyntax === sopClass.verification || isFindClass(abstractSyntax) || isStorageClass(abstractSyntax)
  );
}
