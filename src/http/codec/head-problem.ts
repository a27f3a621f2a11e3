/** Why a message is refused. Shared, frozen objects: compare them by identity. */
export interface HeadProblem {
  /** The status to answer a client with; what a server did wrong is always 502. */
  readonly status: 400 | 414 | 417 | 431 | 501 | 502 | 505;
  /** A short stable word for facts and logs. Never holds bytes of the message. */
  readonly reason: string;
}

/** Outcome of parsing a head: all there, more bytes needed, or refused. */
export type HeadStatus = 'complete' | 'incomplete' | HeadProblem;

/** How one pass over a part of a head ended, where it did not end at a position (which is 0 or more). */
export const unfinished = -1;
export const refused = -2;

/** Every problem of a request, and of the field lines and chunks that requests and responses share. */
export const headProblems = {
  requestLine: problem(400, 'request-line'),
  method: problem(400, 'method'),
  methodTooLong: problem(501, 'method-too-long'),
  methodRefused: problem(501, 'method-refused'),
  target: problem(400, 'target'),
  version: problem(505, 'version'),
  lineTooLong: problem(414, 'request-line-too-long'),
  headTooLong: problem(431, 'head-too-long'),
  tooManyHeaders: problem(431, 'too-many-headers'),
  headerName: problem(400, 'header-name'),
  headerValue: problem(400, 'header-value'),
  lineEnd: problem(400, 'line-end'),
  host: problem(400, 'host'),
  hostMissing: problem(400, 'host-missing'),
  hostRepeated: problem(400, 'host-repeated'),
  hostMismatch: problem(400, 'host-mismatch'),
  contentLength: problem(400, 'content-length'),
  contentLengthRepeated: problem(400, 'content-length-repeated'),
  transferEncoding: problem(400, 'transfer-encoding'),
  lengthAndEncoding: problem(400, 'length-and-encoding'),
  tooManyOptions: problem(400, 'too-many-connection-options'),
  maxForwards: problem(400, 'max-forwards'),
  expectation: problem(417, 'expectation'),
  chunkSize: problem(400, 'chunk-size'),
  chunkExtension: problem(400, 'chunk-extension'),
  chunkEnd: problem(400, 'chunk-end'),
  trailer: problem(400, 'trailer'),
} as const;

/** What only a response can do wrong. */
export const responseProblems = {
  statusLine: problem(502, 'status-line'),
} as const;

function problem(status: HeadProblem['status'], reason: string): HeadProblem {
  return Object.freeze({ status, reason });
}
