import type { ProbeResult } from '../probe.ts';

/** What the response must be. */
export interface ExpectedResponse {
  /** Inclusive ranges. */
  readonly statuses: readonly { readonly min: number; readonly max: number }[];
  /** Bytes that must occur in the body, as it is sent. */
  readonly text: Buffer | undefined;
}

/** Statuses and headers of one response, interim ones before it included. */
const maxHeadBytes = 16 * 1024;
const maxBodyBytes = 64 * 1024;

const statusLine = /^HTTP\/1\.[01] ([1-5][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const statusLineStart = Buffer.from('HTTP/1.', 'latin1');
const lineEnd = '\r\n';
const headEnd = '\r\n\r\n';

/**
 * Reads as much of an HTTP/1 response as a probe wants: the status line, strictly, and, where a text is
 * expected, the bytes after the head. These are searched as they are sent, so a text that a chunk boundary
 * happens to cut is not found; 64 KiB of them at most.
 */
export class HttpResponseReader {
  readonly #expected: ExpectedResponse;
  readonly #bytes: Buffer;
  #length = 0;
  /** Where the response begins, behind interim ones. */
  #start = 0;
  #status = 0;
  #bodyStart = -1;
  /** Within the body. */
  #searchedTo = 0;

  constructor(expected: ExpectedResponse) {
    this.#expected = expected;
    this.#bytes = Buffer.allocUnsafe(maxHeadBytes + (expected.text === undefined ? 0 : maxBodyBytes));
  }

  /** @returns the result, as soon as it is certain */
  read(bytes: Buffer, start: number, end: number): ProbeResult | undefined {
    this.#length += bytes.copy(this.#bytes, this.#length, start, end);
    return this.#readStatus() ?? this.#searchBody();
  }

  /** The response is over, and was not what `read` waited for. */
  conclude(): ProbeResult {
    if (this.#status > 0) return this.#bodyMismatch();
    return { ok: false, code: 'closed', reason: 'The server closed the connection without a response' };
  }

  #readStatus(): ProbeResult | undefined {
    while (this.#status === 0) {
      const head = this.#head();
      const compared = Math.min(head.length, statusLineStart.length);
      if (head.compare(statusLineStart, 0, compared, 0, compared) !== 0) return malformed;
      const end = head.indexOf(lineEnd);
      if (end < 0) return this.#unlessTooLong();
      const status = Number(statusLine.exec(head.toString('latin1', 0, end))?.[1] ?? 0);
      if (status === 0) return malformed;
      if (status >= 200) return this.#judgeStatus(status);
      const interimEnd = head.indexOf(headEnd);
      if (interimEnd < 0) return this.#unlessTooLong();
      this.#start += interimEnd + headEnd.length;
    }
    return undefined;
  }

  #judgeStatus(status: number): ProbeResult | undefined {
    this.#status = status;
    const isExpected = this.#expected.statuses.some(({ min, max }) => status >= min && status <= max);
    if (isExpected && this.#expected.text !== undefined) return undefined;
    const reason = `The server answered with status ${status}${isExpected ? '' : ', which is not expected'}`;
    return { ok: isExpected, code: `status-${status}`, reason };
  }

  #searchBody(): ProbeResult | undefined {
    const { text } = this.#expected;
    if (this.#status === 0 || text === undefined) return undefined;
    if (this.#bodyStart < 0) {
      const end = this.#head().indexOf(headEnd);
      if (end < 0) return this.#unlessTooLong();
      this.#bodyStart = this.#start + end + headEnd.length;
    }
    const bodyEnd = Math.min(this.#length, this.#bodyStart + maxBodyBytes);
    const body = this.#bytes.subarray(this.#bodyStart, bodyEnd);
    if (body.includes(text, this.#searchedTo)) {
      const reason = `The server answered with status ${this.#status} and the expected text`;
      return { ok: true, code: `status-${this.#status}`, reason };
    }
    this.#searchedTo = Math.max(0, body.length - text.length + 1);
    return body.length >= maxBodyBytes ? this.#bodyMismatch() : undefined;
  }

  /** What has come of the heads, from the current one on. */
  #head(): Buffer {
    return this.#bytes.subarray(this.#start, Math.min(this.#length, maxHeadBytes));
  }

  #unlessTooLong(): ProbeResult | undefined {
    return this.#length >= maxHeadBytes ? malformed : undefined;
  }

  #bodyMismatch(): ProbeResult {
    const reason = `The response with status ${this.#status} does not contain the expected text`;
    return { ok: false, code: 'body-mismatch', reason };
  }
}

const malformed: ProbeResult = {
  ok: false,
  code: 'malformed',
  reason: 'What the server sent is no HTTP/1 response',
};
