import type { ProbeResult } from '../probe.ts';
import { BodySearch, type SearchOutcome } from './body-search.ts';

/** What the response must be. */
export interface ExpectedResponse {
  /** Inclusive ranges. */
  readonly statuses: readonly { readonly min: number; readonly max: number }[];
  /** Bytes that must occur in the body. */
  readonly text: Buffer | undefined;
}

/** Statuses and headers of one response, interim ones before it included. */
const maxHeadBytes = 16 * 1024;

const statusLine = /^HTTP\/1\.[01] ([1-5][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const statusLineStart = Buffer.from('HTTP/1.', 'latin1');
const lineEnd = '\r\n';
const headEnd = '\r\n\r\n';

/**
 * Reads as much of an HTTP/1 response as a probe wants: the status line, strictly, and the first 64 KiB of the body
 * where a text is expected.
 */
export class HttpResponseReader {
  readonly #expected: ExpectedResponse;
  /** The heads, and what came with the end of the last. */
  readonly #bytes = Buffer.allocUnsafe(maxHeadBytes);
  #length = 0;
  /** Where the response begins, behind interim ones. */
  #start = 0;
  #status = 0;
  /** Once the head is whole, where a text is expected. */
  #body: BodySearch | undefined = undefined;

  constructor(expected: ExpectedResponse) {
    this.#expected = expected;
  }

  /** @returns the result, as soon as it is certain */
  read(bytes: Buffer, start: number, end: number): ProbeResult | undefined {
    if (this.#body !== undefined) return this.#judgeBody(this.#body.take(bytes, start, end));
    const copied = bytes.copy(this.#bytes, this.#length, start, end);
    this.#length += copied;
    return this.#readStatus() ?? this.#beginBody(bytes, start + copied, end);
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

  /** Once the whole head is there: searches the body so far, including the rest of `bytes`. */
  #beginBody(bytes: Buffer, start: number, end: number): ProbeResult | undefined {
    const { text } = this.#expected;
    if (this.#status === 0 || text === undefined) return undefined;
    const head = this.#head();
    const lineEnds = head.indexOf(headEnd);
    if (lineEnds < 0) return this.#unlessTooLong();
    const bodyStart = this.#start + lineEnds + headEnd.length;
    this.#body = new BodySearch(text, head.toString('latin1', 0, lineEnds + lineEnd.length));
    return (
      this.#judgeBody(this.#body.take(this.#bytes, bodyStart, this.#length)) ??
      this.#judgeBody(this.#body.take(bytes, start, end))
    );
  }

  #judgeBody(outcome: SearchOutcome): ProbeResult | undefined {
    if (outcome === 'open') return undefined;
    if (outcome === 'over') return this.#bodyMismatch();
    if (outcome === 'broken') return brokenBody;
    const reason = `The server answered with status ${this.#status} and the expected text`;
    return { ok: true, code: `status-${this.#status}`, reason };
  }

  /** What has come of the heads, from the current one on. */
  #head(): Buffer {
    return this.#bytes.subarray(this.#start, this.#length);
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
  reason: 'The server did not send a valid HTTP/1 response',
};

const brokenBody: ProbeResult = {
  ok: false,
  code: 'malformed',
  reason: 'The response has invalid chunks, and the part before them does not contain the expected text',
};
