import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';

/** The content of a file, or why there is none. */
export type FileContent = { readonly text: string; readonly isUtf8: boolean } | { readonly problem: string };

/** Reads a text, and no more of it than the limit, whatever is behind the path. Bytes that are no UTF-8 are U+FFFD in it. */
export async function readBounded(path: string, maxBytes: number): Promise<FileContent> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(path, { end: maxBytes })) chunks.push(chunk as Buffer);
  } catch (error) {
    return { problem: explain(error as NodeJS.ErrnoException) };
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length > maxBytes) return { problem: `one of more than ${maxBytes} bytes` };
  return { text: bytes.toString(), isUtf8: isUtf8(bytes) };
}

const explanations: Readonly<Record<string, string>> = {
  ENOENT: 'none: there is no such file',
  EACCES: 'no permission to read it',
  EISDIR: 'a folder',
};

function explain({ code = '', message }: NodeJS.ErrnoException): string {
  return explanations[code] ?? message;
}
