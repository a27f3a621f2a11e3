import { itemText, itemType, readItems, textItem, trimmed, writeItem, type Item } from './associate-items.ts';
import { encodePdu, pduType } from './pdu.ts';
import {
  decodeAnsweredContext,
  decodeProposedContext,
  encodeAnsweredContext,
  encodeProposedContext,
  type AnsweredContext,
  type ProposedContext,
} from './presentation-context.ts';
import { DicomProblem } from './problem.ts';
import { dicomApplicationContext } from './uids.ts';

/** What A-ASSOCIATE-RQ and -AC have in common. */
interface AssociateFacts {
  /** Bit 0 is version 1, the only one there is. */
  readonly protocolVersion: number;
  /** At most 16 characters; spaces around it do not count. */
  readonly calledAe: string;
  readonly callingAe: string;
  readonly applicationContext: string;
  /** Longest P-DATA body that the sender of this takes; 0 for any length, or where it does not say. */
  readonly maxPduBytes: number;
  readonly implementationClass: string;
  /** At most 16 characters; empty where it is not given. */
  readonly implementationVersion: string;
}

/** A-ASSOCIATE-RQ (PS3.8 §9.3.2). */
export interface AssociateRequest extends AssociateFacts {
  readonly contexts: readonly ProposedContext[];
}

/** A-ASSOCIATE-AC (PS3.8 §9.3.3). It repeats the AE titles of the request, which its receiver does not test. */
export interface AssociateAccept extends AssociateFacts {
  readonly contexts: readonly AnsweredContext[];
}

/** What a caller must say; the rest has one sensible value. */
export type AssociateRequestInput = Input<AssociateRequest>;
export type AssociateAcceptInput = Input<AssociateAccept>;
type Input<T> = Omit<T, 'protocolVersion' | 'applicationContext'> & Partial<T>;

const fixedPartBytes = 68;
const aeBytes = 16;

/** @param body of an A-ASSOCIATE-RQ */
export function decodeAssociateRequest(body: Buffer): AssociateRequest | DicomProblem {
  return decode(body, itemType.proposedContext, decodeProposedContext);
}

/** @param body of an A-ASSOCIATE-AC */
export function decodeAssociateAccept(body: Buffer): AssociateAccept | DicomProblem {
  return decode(body, itemType.answeredContext, decodeAnsweredContext);
}

/** @throws RangeError for an AE title or version name of more than 16 characters */
export function encodeAssociateRequest(request: AssociateRequestInput): Buffer {
  return encode(pduType.associateRequest, request, request.contexts.map(encodeProposedContext));
}

/** @throws RangeError as `encodeAssociateRequest` */
export function encodeAssociateAccept(accept: AssociateAcceptInput): Buffer {
  return encode(pduType.associateAccept, accept, accept.contexts.map(encodeAnsweredContext));
}

function encode(type: number, facts: Input<AssociateFacts>, contexts: readonly Buffer[]): Buffer {
  const fixed = Buffer.alloc(fixedPartBytes);
  fixed.writeUInt16BE(facts.protocolVersion ?? 1, 0);
  fixed.write(padded(facts.calledAe), 4, 'latin1');
  fixed.write(padded(facts.callingAe), 4 + aeBytes, 'latin1');
  const maxLength = Buffer.alloc(4);
  maxLength.writeUInt32BE(facts.maxPduBytes);
  const user = [
    writeItem(itemType.maxLength, [maxLength]),
    textItem(itemType.implementationClass, facts.implementationClass),
  ];
  if (facts.implementationVersion !== '') {
    user.push(textItem(itemType.implementationVersion, padded(facts.implementationVersion).trimEnd()));
  }
  const context = textItem(itemType.applicationContext, facts.applicationContext ?? dicomApplicationContext);
  return encodePdu(
    type,
    Buffer.concat([fixed, context, ...contexts, writeItem(itemType.userInformation, user)]),
  );
}

function padded(text: string): string {
  if (text.length > aeBytes) throw new RangeError(`"${text}" is longer than ${aeBytes} characters`);
  return text.padEnd(aeBytes);
}

function decode<Context>(
  body: Buffer,
  contextType: number,
  readContext: (body: Buffer, item: Item) => Context | DicomProblem,
): (AssociateFacts & { contexts: Context[] }) | DicomProblem {
  if (body.length < fixedPartBytes) {
    return new DicomProblem('truncated', `A-ASSOCIATE: less than ${fixedPartBytes} bytes`);
  }
  const items = readItems(body, fixedPartBytes, body.length);
  if (items instanceof DicomProblem) return items;
  const contexts: Context[] = [];
  let applicationContext = '';
  let user = noUserInformation;
  for (const item of items) {
    if (item.type === itemType.applicationContext) applicationContext = itemText(body, item);
    else if (item.type === contextType) {
      const context = readContext(body, item);
      if (context instanceof DicomProblem) return context;
      contexts.push(context);
    } else if (item.type === itemType.userInformation) {
      const information = userInformation(body, item);
      if (information instanceof DicomProblem) return information;
      user = information;
    }
  }
  const protocolVersion = body.readUInt16BE(0);
  const calledAe = aeTitle(body, 4);
  const callingAe = aeTitle(body, 4 + aeBytes);
  return { protocolVersion, calledAe, callingAe, applicationContext, contexts, ...user };
}

type UserInformation = Pick<AssociateFacts, 'maxPduBytes' | 'implementationClass' | 'implementationVersion'>;

const noUserInformation: UserInformation = {
  maxPduBytes: 0,
  implementationClass: '',
  implementationVersion: '',
};

function userInformation(body: Buffer, user: Item): UserInformation | DicomProblem {
  const items = readItems(body, user.start, user.end);
  if (items instanceof DicomProblem) return items;
  let { maxPduBytes, implementationClass, implementationVersion } = noUserInformation;
  for (const item of items) {
    if (item.type === itemType.maxLength) {
      if (item.end - item.start !== 4)
        return new DicomProblem('invalid', 'the maximum length does not have 4 bytes');
      maxPduBytes = body.readUInt32BE(item.start);
    } else if (item.type === itemType.implementationClass) implementationClass = itemText(body, item);
    else if (item.type === itemType.implementationVersion) implementationVersion = itemText(body, item);
  }
  return { maxPduBytes, implementationClass, implementationVersion };
}

function aeTitle(body: Buffer, start: number): string {
  return trimmed(body.toString('latin1', start, start + aeBytes));
}
