import type { Connection } from '../engine/engine.ts';
import { HttpDate, httpDateBytes } from './codec/http-date.ts';

/** Statuses that this service answers with by itself. */
export type AnswerStatus = 400 | 408 | 414 | 417 | 431 | 501 | 502 | 503 | 504 | 505;

const texts: Readonly<Record<AnswerStatus, readonly [phrase: string, sentence: string]>> = {
  400: ['Bad Request', 'The request is not valid HTTP.'],
  408: ['Request Timeout', 'The request did not arrive in time.'],
  414: ['URI Too Long', 'The address of the request is too long.'],
  417: ['Expectation Failed', 'The Expect header of the request is not supported.'],
  431: ['Request Header Fields Too Large', 'The head of the request is too large.'],
  501: ['Not Implemented', 'The method of the request is not supported.'],
  502: ['Bad Gateway', 'The server did not send a valid response.'],
  503: ['Service Unavailable', 'No server is available for this request.'],
  504: ['Gateway Timeout', 'The server did not respond in time.'],
  505: ['HTTP Version Not Supported', 'Only HTTP/1.0 and HTTP/1.1 are supported.'],
};

/**
 * A whole response, encoded once: with and without `Connection: close`, and with its head alone for HEAD. Only its
 * `Date` is rewritten each time it is sent.
 */
export class EncodedAnswer {
  readonly status: number;
  readonly #closing: Buffer;
  readonly #keeping: Buffer;
  readonly #bodyLength: number;
  readonly #datePosition: number;

  constructor(status: number, phrase: string, contentType: string | undefined, body: string) {
    this.status = status;
    this.#bodyLength = Buffer.byteLength(body);
    const beforeDate = `HTTP/1.1 ${status} ${phrase}\r\nDate: `;
    this.#datePosition = beforeDate.length;
    const head =
      `${beforeDate}${' '.repeat(httpDateBytes)}\r\n` +
      (contentType === undefined ? '' : `Content-Type: ${contentType}\r\n`) +
      `Content-Length: ${this.#bodyLength}\r\nCache-Control: no-store\r\n`;
    this.#keeping = Buffer.from(`${head}\r\n${body}`);
    this.#closing = Buffer.from(`${head}Connection: close\r\n\r\n${body}`);
  }

  /** @returns as `Connection.write` */
  send(to: Connection, isHead: boolean, isKept: boolean, wallMs: number): boolean {
    const bytes = isKept ? this.#keeping : this.#closing;
    bytes.set(date.at(wallMs), this.#datePosition);
    return to.write(bytes, 0, isHead ? bytes.length - this.#bodyLength : bytes.length);
  }
}

const date = new HttpDate();

const answers: ReadonlyMap<number, EncodedAnswer> = new Map(
  Object.entries(texts).map(([key, [phrase, sentence]]) => {
    const title = `${key} ${phrase}`;
    const page = `<!doctype html><title>${title}</title><h1>${title}</h1><p>${sentence}</p>\n`;
    return [Number(key), new EncodedAnswer(Number(key), phrase, 'text/html; charset=utf-8', page)];
  }),
);

/** The answer for a status. Never names a server, a header or anything else of the request. */
export function errorAnswer(status: AnswerStatus): EncodedAnswer {
  return answers.get(status) ?? errorAnswer(502);
}

/**
 * For an OPTIONS request that may go no further (`Max-Forwards: 0`, RFC 9110, section 7.6.2). This proxy takes every
 * method that its servers may know, so there is nothing that `Allow` could say.
 */
export const optionsAnswer = new EncodedAnswer(200, 'OK', undefined, '');

/** The page of a fallback. Clients go by the number; its phrase is for people who read traces. */
export function pageAnswer(status: number, contentType: string, body: string): EncodedAnswer {
  return new EncodedAnswer(status, status === 200 ? 'OK' : 'Fallback', contentType, body);
}
