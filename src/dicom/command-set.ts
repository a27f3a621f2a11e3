import { DicomProblem } from './problem.ts';

/** What a DIMSE message is (PS3.7 annex E). Responses are requests with the highest bit set. */
export const commandField = {
  storeRequest: 0x0001,
  storeResponse: 0x8001,
  findRequest: 0x0020,
  findResponse: 0x8020,
  echoRequest: 0x0030,
  echoResponse: 0x8030,
  cancelRequest: 0x0fff,
} as const;

/** The value of `dataSetType` that says that no data set follows; any other value says that one does. */
export const noDataSet = 0x0101;

/** A DIMSE command set (PS3.7 annex E), as far as echo, store and find need it. */
export interface CommandSet {
  readonly field: number;
  readonly dataSetType: number;
  readonly messageId?: number;
  readonly respondedTo?: number;
  readonly affectedSopClass?: string;
  readonly affectedSopInstance?: string;
  /** 0 medium, 1 high, 2 low. */
  readonly priority?: number;
  readonly status?: number;
  readonly errorComment?: string;
  readonly moveDestination?: string;
}

interface CommandElement {
  readonly name: keyof CommandSet;
  /** Of group 0000. */
  readonly element: number;
  readonly kind: 'number' | 'text' | 'uid';
}

/** In ascending order, as they are sent. */
const elements: readonly CommandElement[] = [
  { name: 'affectedSopClass', element: 0x0002, kind: 'uid' },
  { name: 'field', element: 0x0100, kind: 'number' },
  { name: 'messageId', element: 0x0110, kind: 'number' },
  { name: 'respondedTo', element: 0x0120, kind: 'number' },
  { name: 'moveDestination', element: 0x0600, kind: 'text' },
  { name: 'priority', element: 0x0700, kind: 'number' },
  { name: 'dataSetType', element: 0x0800, kind: 'number' },
  { name: 'status', element: 0x0900, kind: 'number' },
  { name: 'errorComment', element: 0x0902, kind: 'text' },
  { name: 'affectedSopInstance', element: 0x1000, kind: 'uid' },
];

const byElement = new Map(elements.map((entry) => [entry.element, entry]));
const headerBytes = 8;

/** Command sets are always in Implicit VR Little Endian. Elements that are not known here are left out. */
export function decodeCommandSet(bytes: Buffer): CommandSet | DicomProblem {
  const values: Partial<Record<keyof CommandSet, number | string>> = {};
  let offset = 0;
  while (offset < bytes.length) {
    const valueStart = offset + headerBytes;
    if (valueStart > bytes.length) return new DicomProblem('truncated', 'command set: an element is cut off');
    const end = valueStart + bytes.readUInt32LE(offset + 4);
    if (end > bytes.length) {
      return new DicomProblem('truncated', 'command set: an element is longer than the set');
    }
    const group = bytes.readUInt16LE(offset);
    if (group !== 0) return new DicomProblem('invalid', `command set: an element of group ${group}`);
    const known = byElement.get(bytes.readUInt16LE(offset + 2));
    if (known !== undefined) {
      if (known.kind === 'number' && end - valueStart !== 2) {
        return new DicomProblem('invalid', `command set: ${known.name} does not have 2 bytes`);
      }
      values[known.name] =
        known.kind === 'number' ? bytes.readUInt16LE(valueStart) : text(bytes, valueStart, end);
    }
    offset = end;
  }
  if (values.field === undefined || values.dataSetType === undefined) {
    return new DicomProblem('invalid', 'command set: the command field or the data set type is missing');
  }
  return values as unknown as CommandSet;
}

export function encodeCommandSet(command: CommandSet): Buffer {
  const parts: Buffer[] = [];
  for (const { name, element, kind } of elements) {
    const value = command[name];
    if (value !== undefined) parts.push(encodeElement(element, encodeValue(value, kind)));
  }
  const rest = Buffer.concat(parts);
  const groupLength = Buffer.alloc(4);
  groupLength.writeUInt32LE(rest.length);
  return Buffer.concat([encodeElement(0x0000, groupLength), rest]);
}

/** True where a data set follows the command. */
export function hasDataSet(command: CommandSet): boolean {
  return command.dataSetType !== noDataSet;
}

function encodeElement(element: number, value: Buffer): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt16LE(element, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

function encodeValue(value: number | string, kind: CommandElement['kind']): Buffer {
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16LE(value);
    return bytes;
  }
  const padding = kind === 'uid' ? '\0' : ' ';
  return Buffer.from(value.length % 2 === 0 ? value : value + padding, 'latin1');
}

function text(bytes: Buffer, start: number, end: number): string {
  let last = end;
  while (last > start && (bytes[last - 1] === 0 || bytes[last - 1] === 0x20)) last--;
  return bytes.toString('latin1', start, last);
}
