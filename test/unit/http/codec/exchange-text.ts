import { ChunkDecoder } from '../../../../src/http/codec/chunk-decoder.ts';
import type { HeadProblem, HeadStatus } from '../../../../src/http/codec/head-problem.ts';
import { writeRequestHead, type RequestEdits } from '../../../../src/http/codec/head-writer.ts';
import { RequestHead, type HeadLimits } from '../../../../src/http/codec/request-head.ts';

/** Bytes of a text in which every character is one byte. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** A request head from its lines. */
export function headText(...lines: string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}

export interface Parsed {
  readonly status: HeadStatus;
  readonly head: RequestHead;
  readonly bytes: Buffer;
}

export function parseRequest(text: string, limits?: HeadLimits): Parsed {
  const bytes = bytesOf(text);
  const head = new RequestHead(limits);
  return { status: head.parse(bytes, 0, bytes.length), head, bytes };
}

/** `400 host-missing`, or the status itself where it is no problem. */
export function wordOf(status: HeadStatus): string {
  return typeof status === 'string' ? status : `${status.status} ${status.reason}`;
}

export const plainEdits: RequestEdits = {
  connection: 'none',
  forwardedFor: 'replace',
  ownCookies: [],
  append: [],
};

/** The head that a server gets for `parsed`. */
export function rewritten(
  { bytes, head }: Pick<Parsed, 'bytes' | 'head'>,
  edits: RequestEdits = plainEdits,
): string {
  const out = Buffer.alloc(64 * 1024);
  return out.toString('latin1', 0, writeRequestHead(out, bytes, head, edits));
}

/** What a proxy that is built on the codec would forward of one client connection's bytes. */
export interface Forwarded {
  /** Requests sent on, head rewritten and body framed anew. */
  readonly requests: string[];
  readonly problem: HeadProblem | undefined;
}

/** Walks a client's bytes through the codec as a connection does. */
export function forward(bytes: Buffer, edits: RequestEdits = plainEdits): Forwarded {
  const requests: string[] = [];
  const head = new RequestHead();
  let position = 0;
  while (position < bytes.length) {
    const status = head.parse(bytes, position, bytes.length);
    if (status === 'incomplete') break;
    if (status !== 'complete') return { requests, problem: status };
    const start = rewritten({ bytes, head }, edits);
    const body = head.isChunked
      ? readChunks(bytes, head.headEnd)
      : readLength(bytes, head.headEnd, Math.max(head.contentLength, 0));
    if (body.problem !== undefined) return { requests, problem: body.problem };
    if (body.end === -1) break;
    requests.push(start + body.text);
    position = body.end;
    if (!head.isKeepAlive) break;
  }
  return { requests, problem: undefined };
}

interface Body {
  readonly text: string;
  /** -1 where the body is not all there. */
  readonly end: number;
  readonly problem: HeadProblem | undefined;
}

function readLength(bytes: Buffer, start: number, length: number): Body {
  const end = start + length;
  if (end > bytes.length) return { text: '', end: -1, problem: undefined };
  return { text: bytes.toString('latin1', start, end), end, problem: undefined };
}

/** Decodes a chunked body and frames it anew. */
export function readChunks(bytes: Buffer, start: number): Body {
  const decoder = new ChunkDecoder();
  let text = '';
  let position = start;
  for (;;) {
    const event = decoder.next(bytes, position, bytes.length);
    position = decoder.position;
    if (event === 'problem') return { text, end: -1, problem: decoder.problem };
    if (event === 'incomplete') return { text, end: -1, problem: undefined };
    if (event === 'end') return { text: `${text}0\r\n\r\n`, end: position, problem: undefined };
    const data = bytes.toString('latin1', decoder.dataStart, decoder.dataEnd);
    text += `${data.length.toString(16)}\r\n${data}\r\n`;
  }
}
