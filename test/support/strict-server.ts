import type net from 'node:net';
import { openRawServer } from './http-harness.ts';

/** One request as a strict server saw it. */
export interface SeenRequest {
  readonly requestLine: string;
  /** What is wrong with it; empty where it is beyond doubt. */
  readonly violations: readonly string[];
}

type Parsed =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'request'; readonly request: SeenRequest; readonly length: number }
  | { readonly kind: 'hopeless'; readonly request: SeenRequest };

interface Framing {
  readonly lengths: readonly string[];
  readonly encodings: readonly string[];
}

const requestLinePattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [\x21-\x7e]+ HTTP\/1\.[01]$/;
const fieldPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[ \t]*[\t\x20-\x7e\x80-\xff]*$/;
const chunkLinePattern = /^[0-9a-fA-F]{1,15}$/;

/**
 * A server that takes nothing on trust: it parses what a proxy sends with a second, independent parser of the
 * strictest kind, records every request with what is wrong with it, and answers each with its target as body.
 */
export async function openStrictServer(): Promise<{ readonly port: number; readonly seen: SeenRequest[] }> {
  const seen: SeenRequest[] = [];
  const unread = new WeakMap<net.Socket, string>();
  const { port } = await openRawServer(({ socket }, piece) => {
    let rest = (unread.get(socket) ?? '') + piece;
    while (rest !== '') {
      const parsed = parseRequest(rest);
      if (parsed.kind === 'incomplete') break;
      seen.push(parsed.request);
      if (parsed.kind === 'hopeless') {
        socket.destroy();
        return;
      }
      rest = rest.slice(parsed.length);
      answer(socket, parsed.request.requestLine);
    }
    unread.set(socket, rest);
  });
  return { port, seen };
}

function answer(socket: net.Socket, requestLine: string): void {
  const [method, target = ''] = requestLine.split(' ');
  const body = method === 'HEAD' ? '' : target;
  socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${target.length}\r\n\r\n${body}`, 'latin1');
}

function parseRequest(text: string): Parsed {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return { kind: 'incomplete' };
  const [requestLine = '', ...fields] = text.slice(0, headEnd).split('\r\n');
  const violations: string[] = [];
  if (!requestLinePattern.test(requestLine)) violations.push('request line');
  for (const field of fields)
    if (!fieldPattern.test(field)) violations.push(`field ${JSON.stringify(field)}`);
  if (valuesOf(fields, 'host').length > 1) violations.push('more than one Host');

  const framing = {
    lengths: valuesOf(fields, 'content-length'),
    encodings: valuesOf(fields, 'transfer-encoding'),
  };
  violations.push(...framingViolations(framing));
  const bodyLength = measureBody(text, headEnd + 4, framing);
  if (bodyLength === undefined) return { kind: 'incomplete' };
  if (bodyLength < 0)
    return { kind: 'hopeless', request: { requestLine, violations: [...violations, 'body'] } };
  return { kind: 'request', request: { requestLine, violations }, length: headEnd + 4 + bodyLength };
}

function valuesOf(fields: readonly string[], name: string): string[] {
  return fields
    .filter((field) => field.slice(0, field.indexOf(':')).trim().toLowerCase() === name)
    .map((field) => field.slice(field.indexOf(':') + 1).replace(/^[ \t]+|[ \t]+$/g, ''));
}

function framingViolations({ lengths, encodings }: Framing): string[] {
  const violations: string[] = [];
  if (lengths.length > 0 && encodings.length > 0) violations.push('both length and encoding');
  if (lengths.length > 1 || lengths.some((length) => !/^\d{1,15}$/.test(length))) violations.push('length');
  if (encodings.length > 1 || encodings.some((encoding) => encoding !== 'chunked'))
    violations.push('encoding');
  return violations;
}

/** @returns undefined where more bytes are needed, -1 where the body makes no sense */
function measureBody(text: string, start: number, { lengths, encodings }: Framing): number | undefined {
  if (encodings.length > 0) return measureChunks(text, start);
  const length = Number(lengths[0] ?? 0);
  if (!Number.isInteger(length)) return -1;
  return text.length < start + length ? undefined : length;
}

function measureChunks(text: string, start: number): number | undefined {
  let position = start;
  while (true) {
    const lineEnd = text.indexOf('\r\n', position);
    if (lineEnd < 0) return undefined;
    const line = text.slice(position, lineEnd);
    if (!chunkLinePattern.test(line)) return -1;
    const size = Number.parseInt(line, 16);
    position = lineEnd + 2 + size + 2;
    if (text.length < position) return undefined;
    if (text.slice(position - 2, position) !== '\r\n') return -1;
    if (size === 0) return position - start;
  }
}
