import { DicomProblem } from './problem.ts';

/** Items and sub-items of A-ASSOCIATE-RQ and -AC (PS3.8 §9.3.2, annex D). */
export const itemType = {
  applicationContext: 0x10,
  proposedContext: 0x20,
  answeredContext: 0x21,
  abstractSyntax: 0x30,
  transferSyntax: 0x40,
  userInformation: 0x50,
  maxLength: 0x51,
  implementationClass: 0x52,
  implementationVersion: 0x55,
} as const;

/** Where the value of one item lies: bytes `start` (inclusive) to `end` (exclusive). */
export interface Item {
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

const itemHeaderBytes = 4;

/** The items that fill bytes `start` to `end`: type, a reserved byte, a 16-bit length, the value. */
export function readItems(bytes: Buffer, start: number, end: number): readonly Item[] | DicomProblem {
  const items: Item[] = [];
  let offset = start;
  while (offset < end) {
    const valueStart = offset + itemHeaderBytes;
    if (valueStart > end) return new DicomProblem('truncated', `an item header at byte ${offset} is cut off`);
    const valueEnd = valueStart + bytes.readUInt16BE(offset + 2);
    if (valueEnd > end)
      return new DicomProblem('truncated', `the item at byte ${offset} is longer than its container`);
    items.push({ type: bytes[offset] ?? 0, start: valueStart, end: valueEnd });
    offset = valueEnd;
  }
  return items;
}

/** @throws RangeError where the value is longer than 65535 bytes */
export function writeItem(type: number, parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const header = Buffer.from([type, 0, 0, 0]);
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value]);
}

export function textItem(type: number, text: string): Buffer {
  return writeItem(type, [Buffer.from(text, 'latin1')]);
}

export function itemText(bytes: Buffer, item: Item): string {
  return trimmed(bytes.toString('latin1', item.start, item.end));
}

/** Spaces around a value and NULs after it are padding. */
export function trimmed(value: string): string {
  let start = 0;
  let end = value.length;
  while (end > 0 && (value[end - 1] === ' ' || value[end - 1] === '\0')) end--;
  while (start < end && value[start] === ' ') start++;
  return value.slice(start, end);
}
