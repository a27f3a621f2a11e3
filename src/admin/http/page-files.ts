import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** The files of the page, by their paths. */
const files = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
} as const;

export type PagePath = keyof typeof files;

interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly packed: Buffer;
  readonly tag: string;
}

/** Beside the built package; from the sources, where `npm run build` puts it. */
const builtFolder = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../../dist/page/' : './page/', import.meta.url),
);

export function isPagePath(path: string): path is PagePath {
  return Object.hasOwn(files, path);
}

/** The page, read once and kept. */
export class PageFiles {
  readonly #folder: string;
  readonly #kept = new Map<PagePath, PageFile>();

  /** @param folder of its files, with a slash at the end. @default that of the package */
  constructor(folder = builtFolder) {
    this.#folder = folder;
  }

  send(path: PagePath, request: IncomingMessage, response: ServerResponse): void {
    if (!existsSync(`${this.#folder}index.html`)) {
      response.writeHead(503, { 'Content-Type': 'text/plain; charset=utf-8' });
      response.end(
        'The page was not built; `npm run build` builds it. The routes under v1/ work without it.\n',
      );
      return;
    }
    const { type, bytes, packed, tag } = this.#file(path);
    response
      .setHeader('Cache-Control', 'no-cache')
      .setHeader('ETag', tag)
      .setHeader('Vary', 'Accept-Encoding');
    if (request.headers['if-none-match'] === tag) {
      response.writeHead(304).end();
      return;
    }
    // The document is small, and scanners take any compressed answer there for one that tells secrets by its length (BREACH).
    const isPacked = path !== '/' && /\bgzip\b/u.test(String(request.headers['accept-encoding']));
    const body = isPacked ? packed : bytes;
    if (isPacked) response.setHeader('Content-Encoding', 'gzip');
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length }).end(body);
  }

  #file(path: PagePath): PageFile {
    const kept = this.#kept.get(path);
    if (kept !== undefined) return kept;
    const [name, type] = files[path];
    const bytes = readFileSync(`${this.#folder}${name}`);
    const tag = `W/"${createHash('sha256').update(bytes).digest('base64url')}"`;
    const file = { type, bytes, packed: gzipSync(bytes, { level: 9 }), tag };
    this.#kept.set(path, file);
    return file;
  }
}
