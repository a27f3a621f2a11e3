import type { BodyPlan, CutPlan, RequestPlan, ResponsePlan } from './plan.ts';

/** Bytes to send, and where in them a parser changes its state. */
export interface Wire {
  readonly bytes: Buffer;
  readonly edges: readonly number[];
  /** The end of the head, or of the last head. */
  readonly headEnd: number;
}

/** One piece of what is sent, and the pause behind it. */
export interface Piece {
  readonly end: number;
  readonly pauseMs: number;
}

const bodyBytes = 2 ** 22;
/** Bodies are parts of this: each exchange begins elsewhere, so that a byte of another one is noticed. */
const noise = makeNoise(2 * bodyBytes);

/** The body of an exchange. No two exchanges have eight bytes in a row in common but by chance. */
export function bodyOf(id: number, side: 'request' | 'response', length: number): Buffer {
  const start = (Math.imul(id * 2 + (side === 'request' ? 0 : 1), 0x9e3779b1) >>> 0) % bodyBytes;
  return noise.subarray(start, start + length);
}

/** The bytes of a body without its framing. */
export function lengthOf(body: BodyPlan): number {
  if (body.kind === 'none') return 0;
  return body.kind === 'chunked' ? body.sizes.reduce((sum, size) => sum + size, 0) : body.length;
}

export function requestWire(id: number, plan: RequestPlan): Wire {
  const { method, version, isKeepAlive, body, isUpgrade, awaitsContinue } = plan;
  const lines = [`${method} /x/${id} HTTP/${version}`, 'Host: pacs.test', `X-Id: ${id}`];
  if (version === '1.0' && isKeepAlive) lines.push('Connection: keep-alive');
  if (version === '1.1' && !isKeepAlive) lines.push('Connection: close');
  if (isUpgrade) lines.push('Connection: Upgrade', 'Upgrade: websocket');
  if (awaitsContinue) lines.push('Expect: 100-continue');
  return encode([], lines, body, bodyOf(id, 'request', lengthOf(body)));
}

/** @param isBodyless a response without a body, whatever its head says: to HEAD, or by its status */
export function responseWire(id: number, plan: ResponsePlan, isBodyless: boolean): Wire {
  const { status, body, isKeepAlive, interim } = plan;
  const lines = [`HTTP/1.1 ${status} Fuzz`, `X-Id: ${id}`];
  if (!isKeepAlive || (body.kind === 'close' && !isBodyless)) lines.push('Connection: close');
  const before = interim.map((code) => `HTTP/1.1 ${code} Interim\r\nX-Interim: ${id}\r\n\r\n`);
  const mayHaveFraming = status !== 204;
  const framed = mayHaveFraming ? body : ({ kind: 'none' } as const);
  // Without any framing the body would go on to the end of the connection.
  const isEmpty = framed.kind === 'none' && mayHaveFraming;
  const wire = encode(
    before,
    isEmpty && !isBodyless ? [...lines, 'Content-Length: 0'] : lines,
    framed,
    bodyOf(id, 'response', lengthOf(framed)),
  );
  return isBodyless ? { ...wire, bytes: wire.bytes.subarray(0, wire.headEnd) } : wire;
}

/** Has a response of that status, to that method, no body? */
export function isBodyless(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304;
}

/** Cuts `length` bytes as planned; the last piece ends with them. */
export function piecesOf({ bytes, edges }: Wire, cuts: readonly CutPlan[]): Piece[] {
  const inside = edges.filter((edge) => edge < bytes.length);
  const pieces = cuts.map(({ at, isAtEdge, pauseMs }) => {
    const edge = inside[Math.floor((at * inside.length) / 1000)];
    return { end: isAtEdge && edge !== undefined ? edge : Math.floor((at * bytes.length) / 1000), pauseMs };
  });
  pieces.sort((a, b) => a.end - b.end);
  return [...pieces.filter(({ end }) => end > 0), { end: bytes.length, pauseMs: 0 }];
}

function encode(before: string[], lines: string[], body: BodyPlan, bytes: Buffer): Wire {
  const framing =
    body.kind === 'length'
      ? [`Content-Length: ${body.length}`]
      : body.kind === 'chunked'
        ? ['Transfer-Encoding: chunked']
        : [];
  const parts: Buffer[] = [];
  const edges: number[] = [];
  let size = 0;
  const add = (part: Buffer | string): void => {
    const next = typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
    parts.push(next);
    size += next.length;
    edges.push(size - 1, size, size + 1);
  };
  for (const head of before) add(head);
  add(`${[...lines, ...framing].join('\r\n')}\r\n\r\n`);
  const headEnd = size;
  if (body.kind === 'chunked') {
    let at = 0;
    for (const length of body.sizes) {
      add(`${length.toString(16)}${body.hasExtensions ? ';name="a value"' : ''}\r\n`);
      add(bytes.subarray(at, at + length));
      add('\r\n');
      at += length;
    }
    add('0\r\n');
    add(body.hasTrailer ? 'X-Trailer: yes\r\n\r\n' : '\r\n');
  } else {
    add(bytes);
  }
  return { bytes: Buffer.concat(parts), edges: edges.filter((edge) => edge > 0), headEnd };
}

/** Always the same, so that a seed is enough to repeat a play. */
function makeNoise(length: number): Buffer {
  const words = new Uint32Array(length / 4);
  let state = 0x2545f491;
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return Buffer.from(words.buffer);
}
