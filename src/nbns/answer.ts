import { headerLength, packetFlags, readHeader, writeHeader } from './header.ts';
import { encodedNameLength, readName, writeName, type NetbiosName } from './name.ts';
import { internetClass, recordTypes } from './question.ts';

/** An answer: one resource record about the name that was asked for. */
export interface Answer {
  readonly transactionId: number;
  /** Which of `packetFlags` are set beside `response`. */
  readonly flags: number;
  readonly responseCode: number;
  readonly name: NetbiosName;
  readonly recordType: keyof typeof recordTypes;
  /** How long the answer may be kept; 0 for a node status. */
  readonly ttlSeconds: number;
  readonly data: Buffer;
}

/** Where the data of an answer lies, and whose answer it is. */
export interface AnswerHead {
  readonly transactionId: number;
  readonly responseCode: number;
  /** The record's type, or undefined where the answer has no record, as some refusals have none. */
  readonly recordType: number | undefined;
  readonly dataStart: number;
  readonly dataEnd: number;
}

const recordHeadLength = 10;

/** @throws RangeError where a value does not fit its field */
export function encodeAnswer(answer: Answer): Buffer {
  const dataStart = headerLength + encodedNameLength + recordHeadLength;
  const bytes = Buffer.alloc(dataStart + answer.data.length);
  writeHeader(bytes, answer.transactionId, packetFlags.response | answer.flags, answer.responseCode);
  const recordStart = writeName(answer.name, bytes, headerLength);
  bytes.writeUInt16BE(recordTypes[answer.recordType], recordStart);
  bytes.writeUInt16BE(internetClass, recordStart + 2);
  bytes.writeUInt32BE(answer.ttlSeconds, recordStart + 4);
  bytes.writeUInt16BE(answer.data.length, recordStart + 8);
  answer.data.copy(bytes, dataStart);
  return bytes;
}

/** Reads an answer to a query up to its data. @returns undefined where it is none, or is cut short */
export function decodeAnswer(bytes: Buffer, start: number, end: number): AnswerHead | undefined {
  const header = readHeader(bytes, start, end);
  if (header?.isResponse !== true || header.opcode !== 0 || header.questions !== 0) return undefined;
  const { transactionId, responseCode } = header;
  const nameStart = start + headerLength;
  if (header.answers === 0) {
    return { transactionId, responseCode, recordType: undefined, dataStart: nameStart, dataEnd: nameStart };
  }
  const recordStart = nameStart + encodedNameLength;
  const dataStart = recordStart + recordHeadLength;
  if (readName(bytes, nameStart, end) === undefined || dataStart > end) return undefined;
  const dataEnd = dataStart + bytes.readUInt16BE(recordStart + 8);
  if (dataEnd > end || bytes.readUInt16BE(recordStart + 2) !== internetClass) return undefined;
  return { transactionId, responseCode, recordType: bytes.readUInt16BE(recordStart), dataStart, dataEnd };
}
