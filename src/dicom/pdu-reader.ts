import { pduHeaderBytes, pduType, type Pdu } from './pdu.ts';
import { DicomProblem } from './problem.ts';

/** A-ASSOCIATE-RQ with 128 contexts fits, and whatever P-DATA a peer may send after 16 or 64 KiB were agreed. */
export const defaultMaxPduBytes = 128 * 1024;

/**
 * Cuts a byte stream into PDUs, however it was split on the way. Push what arrived, then take PDUs until
 * there is none, or a problem:
 *
 *     reader.push(chunk);
 *     for (let pdu = reader.next(); pdu !== undefined; pdu = reader.next()) {
 *       if (pdu instanceof DicomProblem) return abort(pdu);
 *       receive(pdu);
 *     }
 *
 * Memory grows with the bytes that really arrived, never by an announced length, and stays below twice the limit and
 * the largest chunk. The first problem is final: it is returned from then on.
 */
export class PduReader {
  readonly #maxPduBytes: number;
  #held = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #problem: DicomProblem | undefined = undefined;

  /** @param maxPduBytes longest body that is taken */
  constructor(maxPduBytes: number = defaultMaxPduBytes) {
    this.#maxPduBytes = maxPduBytes;
  }

  /** Bytes that wait for the rest of their PDU. */
  get pendingBytes(): number {
    return this.#end - this.#start;
  }

  /** Copies bytes `start` to `end`; PDUs taken before are no longer valid. */
  push(bytes: Buffer, start = 0, end: number = bytes.length): void {
    if (this.#problem !== undefined) return;
    this.#makeRoom(end - start);
    this.#end += bytes.copy(this.#held, this.#end, start, end);
  }

  /** The next complete PDU, whose body is valid until the next `push`; undefined where more bytes are needed. */
  next(): Pdu | DicomProblem | undefined {
    if (this.#problem !== undefined) return this.#problem;
    if (this.pendingBytes < 1) return undefined;
    const type = this.#held[this.#start] ?? 0;
    if (type < pduType.associateRequest || type > pduType.abort) {
      return this.#fail('unknown-pdu', `PDU type ${type} is not in the standard`);
    }
    if (this.pendingBytes < pduHeaderBytes) return undefined;
    const length = this.#held.readUInt32BE(this.#start + 2);
    if (isShort(type) && length !== 4) {
      return this.#fail('invalid', `a PDU of type ${type} has 4 bytes after its header, not ${length}`);
    }
    if (length > this.#maxPduBytes) {
      return this.#fail('too-long', `a PDU of ${length} bytes exceeds the limit of ${this.#maxPduBytes}`);
    }
    const bodyStart = this.#start + pduHeaderBytes;
    if (this.#end < bodyStart + length) return undefined;
    this.#start = bodyStart + length;
    return { type, body: this.#held.subarray(bodyStart, bodyStart + length) };
  }

  #makeRoom(bytes: number): void {
    if (this.#end + bytes <= this.#held.length) return;
    const pending = this.pendingBytes;
    const from = this.#held;
    if (pending + bytes > from.length) {
      this.#held = Buffer.allocUnsafe(
        Math.max(pending + bytes, Math.min(from.length * 2, this.#maxPduBytes)),
      );
    }
    from.copy(this.#held, 0, this.#start, this.#end);
    this.#start = 0;
    this.#end = pending;
  }

  #fail(code: DicomProblem['code'], reason: string): DicomProblem {
    this.#problem = new DicomProblem(code, reason);
    this.#held = Buffer.alloc(0);
    this.#start = this.#end = 0;
    return this.#problem;
  }
}

function isShort(type: number): boolean {
  return type === pduType.associateReject || type >= pduType.releaseRequest;
}
