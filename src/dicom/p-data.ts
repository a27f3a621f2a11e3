import { encodePdu, pduType } from './pdu.ts';
import { DicomProblem } from './problem.ts';

/** One presentation data value: a fragment of a command set or of a data set (PS3.8 §9.3.5, annex E). */
export interface Pdv {
  readonly contextId: number;
  readonly isCommand: boolean;
  readonly isLast: boolean;
  /** A view of the PDU that carried it. */
  readonly data: Buffer;
}

const pdvHeaderBytes = 6;

/** Nobody really wants shorter PDUs; a peer that asks for them is not given one-byte fragments. */
const leastPduBytes = 128;

/** @param body of a P-DATA-TF */
export function decodePData(body: Buffer): readonly Pdv[] | DicomProblem {
  const values: Pdv[] = [];
  let offset = 0;
  do {
    const dataStart = offset + pdvHeaderBytes;
    if (dataStart > body.length)
      return new DicomProblem('truncated', 'P-DATA-TF: a fragment header is cut off');
    const length = body.readUInt32BE(offset);
    const end = offset + 4 + length;
    if (length < 2) return new DicomProblem('invalid', `P-DATA-TF: a fragment length of ${length}`);
    if (end > body.length)
      return new DicomProblem('truncated', 'P-DATA-TF: a fragment is longer than its PDU');
    const header = body[offset + 5] ?? 0;
    values.push({
      contextId: body[offset + 4] ?? 0,
      isCommand: (header & 1) !== 0,
      isLast: (header & 2) !== 0,
      data: body.subarray(dataStart, end),
    });
    offset = end;
  } while (offset < body.length);
  return values;
}

/**
 * One whole command set or data set as P-DATA-TF PDUs, one fragment each.
 *
 * @param maxPduBytes what the receiver announced; 0 for any length
 */
export function encodePData(
  contextId: number,
  kind: 'command' | 'data',
  bytes: Buffer,
  maxPduBytes: number,
): Buffer {
  const room = maxPduBytes === 0 ? bytes.length : Math.max(maxPduBytes, leastPduBytes) - pdvHeaderBytes;
  // Fragments have an even number of bytes (PS3.8 annex E); whole sets always have.
  const step = Math.max(room - (room % 2), 2);
  const pdus: Buffer[] = [];
  let start = 0;
  do {
    const end = Math.min(start + step, bytes.length);
    const body = Buffer.allocUnsafe(pdvHeaderBytes + end - start);
    body.writeUInt32BE(end - start + 2, 0);
    body[4] = contextId;
    body[5] = (kind === 'command' ? 1 : 0) | (end === bytes.length ? 2 : 0);
    bytes.copy(body, pdvHeaderBytes, start, end);
    pdus.push(encodePdu(pduType.data, body));
    start = end;
  } while (start < bytes.length);
  return Buffer.concat(pdus);
}
