import { headerLength, packetFlags, readHeader, writeHeader } from './header.ts';
import { encodedNameLength, readName, writeName, type NetbiosName } from './name.ts';

/** Record types: an address (NB), a node status (NBSTAT), and nothing (NULL, in negative answers). */
export const recordTypes = { name: 0x20, nodeStatus: 0x21, none: 0x0a } as const;

/** The Internet class, the only one. */
export const internetClass = 1;

/** What a client asks: where a name is, or which names an address has. */
export interface Question {
  readonly transactionId: number;
  readonly kind: 'name' | 'nodeStatus';
  readonly name: NetbiosName;
  readonly isBroadcast: boolean;
  readonly recursionDesired: boolean;
}

/**
 * Reads a query that asks one question.
 *
 * @returns undefined for everything else: answers, registrations, other record types, malformed packets
 */
export function decodeQuestion(bytes: Buffer, start = 0, end = bytes.length): Question | undefined {
  const header = readHeader(bytes, start, end);
  if (header?.isResponse !== false || header.opcode !== 0) return undefined;
  if (header.questions !== 1 || header.answers !== 0) return undefined;
  const nameStart = start + headerLength;
  const typeStart = nameStart + encodedNameLength;
  const name = readName(bytes, nameStart, end);
  if (name === undefined || end - typeStart < 4) return undefined;
  const kind = kindOf(bytes.readUInt16BE(typeStart));
  if (kind === undefined || bytes.readUInt16BE(typeStart + 2) !== internetClass) return undefined;
  return {
    transactionId: header.transactionId,
    kind,
    name,
    isBroadcast: (header.flags & packetFlags.broadcast) !== 0,
    recursionDesired: (header.flags & packetFlags.recursionDesired) !== 0,
  };
}

/** A query with one question. @throws RangeError where the name or the transaction id does not fit */
export function encodeQuestion(question: Question): Buffer {
  const bytes = Buffer.alloc(headerLength + encodedNameLength + 4);
  const flags =
    (question.isBroadcast ? packetFlags.broadcast : 0) |
    (question.recursionDesired ? packetFlags.recursionDesired : 0);
  writeHeader(bytes, question.transactionId, flags);
  const typeStart = writeName(question.name, bytes, headerLength);
  bytes.writeUInt16BE(recordTypes[question.kind], typeStart);
  bytes.writeUInt16BE(internetClass, typeStart + 2);
  return bytes;
}

function kindOf(recordType: number): Question['kind'] | undefined {
  if (recordType === recordTypes.name) return 'name';
  return recordType === recordTypes.nodeStatus ? 'nodeStatus' : undefined;
}
