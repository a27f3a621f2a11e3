/** Methods that need no string of their own when they arrive, most frequent first among equal lengths. */
const knownMethods: readonly (readonly KnownMethod[])[] = methodsByLength([
  'GET',
  'POST',
  'HEAD',
  'PUT',
  'OPTIONS',
  'DELETE',
  'PATCH',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'PROPPATCH',
  'MKCOL',
  'COPY',
  'MOVE',
  'LOCK',
  'UNLOCK',
  'REPORT',
  'SEARCH',
]);

interface KnownMethod {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The method that bytes `start` to `end` spell, as a constant where it is a usual one. Hot path. */
export function methodOf(bytes: Buffer, start: number, end: number): string {
  const candidates = knownMethods[end - start];
  if (candidates !== undefined) {
    for (const candidate of candidates) {
      if (startsWith(bytes, start, candidate.bytes)) return candidate.name;
    }
  }
  return bytes.toString('latin1', start, end);
}

function startsWith(bytes: Buffer, start: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index++) {
    if (bytes[start + index] !== expected[index]) return false;
  }
  return true;
}

function methodsByLength(names: readonly string[]): KnownMethod[][] {
  const longest = Math.max(...names.map((name) => name.length));
  const byLength = Array.from({ length: longest + 1 }, (): KnownMethod[] => []);
  for (const name of names) {
    byLength[name.length]?.push({ name, bytes: Uint8Array.from(name, (letter) => letter.charCodeAt(0)) });
  }
  return byLength;
}
