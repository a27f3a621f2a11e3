/** One request as the reference reads it. */
export interface ReferenceRequest {
  readonly requestLine: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** What a strict server makes of a connection's bytes. */
export interface Reading {
  readonly requests: ReferenceRequest[];
  /** The first thing that is not strictly valid HTTP/1. */
  readonly fault: string | undefined;
  /** Bytes left over that are the beginning of a request. */
  readonly rest: string;
}

const requestLine = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [\x21-\x7e\x80-\xff]+ HTTP\/1\.[01]$/;
const fieldLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/;
const chunkLine =
  /^((?=[0-9a-fA-F]{1,32}(?![0-9a-fA-F]))0*[0-9a-fA-F]{1,13})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?$/;

/**
 * A second, independent reader of HTTP/1 requests: by regular expressions over text, a line at a time, with
 * the rules that any strict server has. Shares nothing with the codec, which must never forward what this
 * one calls a fault.
 */
export function readStrictly(text: string): Reading {
  const requests: ReferenceRequest[] = [];
  let rest = text;
  while (rest !== '') {
    const headEnd = rest.indexOf('\r\n\r\n');
    if (headEnd === -1) break;
    const lines = rest.slice(0, headEnd).split('\r\n');
    const first = lines.shift() ?? '';
    if (!requestLine.test(first)) return { requests, fault: `request line ${first}`, rest };
    const headers: [string, string][] = [];
    for (const line of lines) {
      const field = fieldLine.exec(line);
      if (field === null) return { requests, fault: `header line ${line}`, rest };
      headers.push([field[1]!.toLowerCase(), field[2]!]);
    }
    const fault = headerFault(headers);
    if (fault !== undefined) return { requests, fault, rest };
    const body = readBody(rest.slice(headEnd + 4), headers);
    if (typeof body === 'string') return { requests, fault: body, rest };
    if (body === undefined) break;
    requests.push({ requestLine: first, headers, body: body.data });
    rest = body.rest;
  }
  return { requests, fault: undefined, rest };
}

function headerFault(headers: readonly (readonly [string, string])[]): string | undefined {
  const values = (name: string): string[] =>
    headers.filter(([key]) => key === name).map(([, value]) => value);
  const lengths = values('content-length');
  const encodings = values('transfer-encoding');
  if (values('host').length > 1) return 'Host twice';
  if (lengths.length > 0 && encodings.length > 0) return 'length and encoding';
  if (lengths.length > 1) return 'Content-Length twice';
  if (lengths.some((value) => !/^\d{1,15}$/.test(value))) return 'Content-Length';
  if (encodings.length > 1 || encodings.some((value) => value.toLowerCase() !== 'chunked')) {
    return 'Transfer-Encoding';
  }
  return undefined;
}

/** The body, undefined where it is not all there, or the fault in it. */
function readBody(
  text: string,
  headers: readonly (readonly [string, string])[],
): { data: string; rest: string } | string | undefined {
  const header = (name: string): string | undefined => headers.find(([key]) => key === name)?.[1];
  if (header('transfer-encoding') === undefined) {
    const length = Number(header('content-length') ?? 0);
    return text.length < length ? undefined : { data: text.slice(0, length), rest: text.slice(length) };
  }
  let data = '';
  let rest = text;
  for (;;) {
    const lineEnd = rest.indexOf('\r\n');
    if (lineEnd === -1) return undefined;
    const line = chunkLine.exec(rest.slice(0, lineEnd));
    if (line === null) return 'chunk line';
    const size = Number.parseInt(line[1]!, 16);
    rest = rest.slice(lineEnd + 2);
    if (size === 0) break;
    if (rest.length < size + 2) return undefined;
    if (rest.slice(size, size + 2) !== '\r\n') return 'chunk end';
    data += rest.slice(0, size);
    rest = rest.slice(size + 2);
  }
  for (;;) {
    const lineEnd = rest.indexOf('\r\n');
    if (lineEnd === -1) return undefined;
    const line = rest.slice(0, lineEnd);
    rest = rest.slice(lineEnd + 2);
    if (line === '') return { data, rest };
    if (!fieldLine.test(line)) return 'trailer';
  }
}
