/**
 * What can be wrong with bytes of the DICOM upper layer:
 *
 * - `unknown-pdu`: no PDU type of the standard
 * - `too-long`: an announced length above the stated limit
 * - `truncated`: something ends before its announced length
 * - `invalid`: a value that the standard does not allow
 * - `unexpected`: right in itself, but not at this place
 */
export type DicomProblemCode = 'unknown-pdu' | 'too-long' | 'truncated' | 'invalid' | 'unexpected';

/**
 * Malformed input, as a value: decoders return it instead of what they should have decoded, and never throw.
 * The reason names fields and numbers, never their content, so it may be logged.
 */
export class DicomProblem {
  readonly code: DicomProblemCode;
  /** One sentence for people. */
  readonly reason: string;

  constructor(code: DicomProblemCode, reason: string) {
    this.code = code;
    this.reason = reason;
  }
}
