import { DicomProblem } from './problem.ts';

/** PDU types (PS3.8 §9.3.1). */
export const pduType = {
  associateRequest: 0x01,
  associateAccept: 0x02,
  associateReject: 0x03,
  data: 0x04,
  releaseRequest: 0x05,
  releaseResponse: 0x06,
  abort: 0x07,
} as const;

/** Type, a reserved byte, and the length of what follows: every PDU begins with these. */
export const pduHeaderBytes = 6;

/** One PDU, as it came in. */
export interface Pdu {
  readonly type: number;
  /** What follows the header; a view of memory that its reader reuses. */
  readonly body: Buffer;
}

/** Why an association was refused (PS3.8 table 9-21): result, source and reason, as numbers. */
export interface AssociateReject {
  /** 1 permanent, 2 transient. */
  readonly result: number;
  /** 1 service user, 2 provider (ACSE), 3 provider (presentation). */
  readonly source: number;
  readonly reason: number;
}

/** Rejections by what they say. */
export const reject = {
  /** No server takes the association now; trying later may help. */
  temporaryCongestion: { result: 2, source: 3, reason: 1 },
  localLimitExceeded: { result: 2, source: 3, reason: 2 },
  applicationContextUnknown: { result: 1, source: 1, reason: 2 },
  callingAeUnknown: { result: 1, source: 1, reason: 3 },
  calledAeUnknown: { result: 1, source: 1, reason: 7 },
  protocolVersionUnknown: { result: 1, source: 2, reason: 2 },
} as const satisfies Record<string, AssociateReject>;

/** Who broke the association off, and why (PS3.8 table 9-26). */
export interface Abort {
  /** 0 service user, 2 service provider. */
  readonly source: number;
  /** 0 not specified, 1 unrecognized PDU, 2 unexpected PDU, 6 invalid parameter; 0 for a user's abort. */
  readonly reason: number;
}

/** Puts the header before a body. */
export function encodePdu(type: number, body: Buffer): Buffer {
  const pdu = Buffer.allocUnsafe(pduHeaderBytes + body.length);
  pdu[0] = type;
  pdu[1] = 0;
  pdu.writeUInt32BE(body.length, 2);
  body.copy(pdu, pduHeaderBytes);
  return pdu;
}

export function encodeAssociateReject(rejection: AssociateReject): Buffer {
  return shortPdu(pduType.associateReject, rejection.result, rejection.source, rejection.reason);
}

/** @param body of an A-ASSOCIATE-RJ */
export function decodeAssociateReject(body: Buffer): AssociateReject | DicomProblem {
  const [, result, source, reason] = body;
  if (result === undefined || source === undefined || reason === undefined) return tooShort('A-ASSOCIATE-RJ');
  return { result, source, reason };
}

export function encodeReleaseRequest(): Buffer {
  return shortPdu(pduType.releaseRequest, 0, 0, 0);
}

export function encodeReleaseResponse(): Buffer {
  return shortPdu(pduType.releaseResponse, 0, 0, 0);
}

export function encodeAbort(abort: Abort): Buffer {
  return shortPdu(pduType.abort, 0, abort.source, abort.reason);
}

/** @param body of an A-ABORT */
export function decodeAbort(body: Buffer): Abort | DicomProblem {
  const [, , source, reason] = body;
  if (source === undefined || reason === undefined) return tooShort('A-ABORT');
  return { source, reason };
}

/** The A-ABORT that a provider sends in answer to malformed bytes. */
export function abortFor(problem: DicomProblem): Abort {
  const reasons = { 'unknown-pdu': 1, unexpected: 2, 'too-long': 6, truncated: 6, invalid: 6 } as const;
  return { source: 2, reason: reasons[problem.code] };
}

function shortPdu(type: number, second: number, third: number, fourth: number): Buffer {
  return Buffer.from([type, 0, 0, 0, 0, 4, 0, second, third, fourth]);
}

function tooShort(name: string): DicomProblem {
  return new DicomProblem('truncated', `${name}: the body is shorter than 4 bytes`);
}
