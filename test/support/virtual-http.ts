import type { VirtualEnd, VirtualServer } from './virtual-scene.ts';

/** A request without a body. */
export function get(path: string, ...headers: readonly string[]): string {
  return [`GET ${path} HTTP/1.1`, 'Host: pacs.test', ...headers, '', ''].join('\r\n');
}

/** A request with a body of stated length. */
export function post(path: string, body: string, ...headers: readonly string[]): string {
  const lines = [`POST ${path} HTTP/1.1`, 'Host: pacs.test', `Content-Length: ${body.length}`, ...headers];
  return [...lines, '', body].join('\r\n');
}

/** A response with a body of stated length. */
export function ok(body: string, ...headers: readonly string[]): string {
  return ['HTTP/1.1 200 OK', `Content-Length: ${body.length}`, ...headers, '', body].join('\r\n');
}

/** The same bytes, cut into chunks of so many. */
export function chunked(body: string, size: number): string {
  let text = '';
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.slice(at, at + size);
    text += `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
  }
  return `${text}0\r\n\r\n`;
}

/** Bodies of the messages that a text consists of, all of stated length; what is not whole is left out. */
export function bodiesOf(text: string): readonly string[] {
  const bodies: string[] = [];
  let rest = text;
  for (;;) {
    const headEnd = rest.indexOf('\r\n\r\n') + 4;
    const length = /^content-length: (\d+)\r$/im.exec(rest.slice(0, headEnd))?.[1];
    const end = headEnd + Number(length ?? 0);
    if (headEnd < 4 || rest.length < end) return bodies;
    bodies.push(rest.slice(headEnd, end));
    rest = rest.slice(end);
  }
}

/** Has a server answer each whole request; `answer` gets its number on that connection, from 0, and its body. */
export function answerWith(
  server: VirtualServer,
  answer: (index: number, body: string, end: VirtualEnd) => string,
): void {
  const answered = new WeakMap<VirtualEnd, number>();
  server.onData = (end) => {
    const bodies = bodiesOf(end.text);
    for (let index = answered.get(end) ?? 0; index < bodies.length; index++) {
      answered.set(end, index + 1);
      end.send(answer(index, bodies[index] ?? '', end));
    }
  };
}

/** Has a server say something on each connection, once the head of a request is there, and do something then. */
export function sayOnce(server: VirtualServer, text: string, then?: (end: VirtualEnd) => void): void {
  const hasSaid = new WeakSet<VirtualEnd>();
  server.onData = (end) => {
    if (hasSaid.has(end) || !end.text.includes('\r\n\r\n')) return;
    hasSaid.add(end);
    end.send(text);
    then?.(end);
  };
}

/** The body in chunks of a message, and the rest behind it. @throws Error where a chunk is none */
export function unchunk(text: string): { readonly body: string; readonly rest: string } {
  let at = text.indexOf('\r\n\r\n') + 4;
  let body = '';
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    if (Number.isNaN(size)) throw new Error(`no chunk at ${at}: '${text.slice(at, at + 20)}'`);
    at = lineEnd + 2;
    if (size === 0) return { body, rest: text.slice(at + 2) };
    body += text.slice(at, at + size);
    at += size + 2;
  }
}

/** Bytes in which a shifted or repeated piece shows. */
export function words(length: number): string {
  let text = '';
  for (let i = 0; text.length < length; i++) text += `${i.toString(36)} `;
  return text.slice(0, length);
}
