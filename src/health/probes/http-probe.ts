import { formatEndpoint } from '../../model/endpoint.ts';
import { OptionReader } from '../../base/options.ts';
import type { Probe, ProbeContext, ProbeResult, ProbeSubject } from '../probe.ts';
import { converse } from './conversation.ts';
import { HttpResponseReader, type ExpectedResponse } from './http-response-reader.ts';

/** One status, or all from `min` to `max`. 200 to 599. */
export type ExpectedStatus = number | { readonly min: number; readonly max: number };

/** What to ask for, and which answer is right. */
export interface HttpProbeOptions {
  /** @default 'HEAD' */
  readonly method?: 'HEAD' | 'GET' | 'OPTIONS';
  /** Path and query, as they are sent. @default '/' */
  readonly path?: string;
  /** Redirects are not followed: expect them if they are right. @default [200] */
  readonly expectStatus?: readonly ExpectedStatus[];
  /**
   * Text that must occur in the body; `GET` only. Sought in the first 64 KiB, chunks put together; a compressed body is
   * searched as it is sent.
   */
  readonly expectBody?: string;
  /** The `Host` header. @default the server's host and port */
  readonly host?: string;
  /** Another port than the one traffic goes to. 1 to 65535. */
  readonly port?: number;
  /** Further request headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** {@link HttpProbeOptions}, complete. */
export interface ResolvedHttpProbeOptions {
  readonly method: 'HEAD' | 'GET' | 'OPTIONS';
  readonly path: string;
  readonly expectStatus: readonly ExpectedStatus[];
  readonly expectBody: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

export class HttpProbe implements Probe {
  readonly kind = 'http';
  readonly #options: ResolvedHttpProbeOptions;
  readonly #expected: ExpectedResponse;

  constructor(options: ResolvedHttpProbeOptions) {
    const { expectStatus, expectBody } = options;
    this.#options = options;
    this.#expected = {
      statuses: expectStatus.map((status) =>
        typeof status === 'number' ? { min: status, max: status } : status,
      ),
      text: expectBody === undefined ? undefined : Buffer.from(expectBody),
    };
  }

  check(subject: ProbeSubject, context: ProbeContext): Promise<ProbeResult> {
    const port = this.#options.port ?? subject.port;
    const request = this.#request(subject.host, port);
    const response = new HttpResponseReader(this.#expected);
    return converse(context, subject.host, port, {
      begin: (connection) => void connection.write(request, 0, request.length),
      hear: (bytes, start, end) => response.read(bytes, start, end),
      conclude: () => response.conclude(),
    });
  }

  #request(host: string, port: number): Buffer {
    const { method, path, headers } = this.#options;
    const lines = [
      `${method} ${path} HTTP/1.1`,
      `Host: ${this.#options.host ?? formatEndpoint(host, port)}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      'Connection: close',
    ];
    return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  }
}

/**
 * Sends one HTTP/1.1 request on a connection of its own and judges the response.
 *
 * Codes: `status-200` and the like, expected or not; `body-mismatch`, `malformed`, `closed` (before a
 * response); `refused`, `reset`, `timeout`, `unreachable`.
 *
 * @throws OptionsError
 */
export function httpProbe(options: HttpProbeOptions = {}): Probe {
  const reader = new OptionReader('httpProbe', options);
  const resolved = readHttpProbe(reader);
  reader.finish();
  return new HttpProbe(resolved);
}

export function readHttpProbe(reader: OptionReader): ResolvedHttpProbeOptions {
  const method = reader.oneOf('method', ['HEAD', 'GET', 'OPTIONS'], { default: 'HEAD' as const });
  const text = reader.string('expectBody', {
    pattern: /^[^]{1,1024}$/u,
    expected: 'a text of 1 to 1024 characters',
    default: undefined,
  });
  if (typeof text === 'string' && method !== 'GET') {
    reader.problem('expectBody', `nothing, or method 'GET': the answer to ${method} has no body`);
  }
  return {
    method,
    path: reader.string('path', { pattern: requestPath, expected: 'a path such as /status', default: '/' }),
    host: reader.string('host', {
      pattern: hostHeader,
      expected: 'a host, or host:port',
      default: undefined,
    }),
    port: reader.integer('port', { min: 1, max: 65535, default: undefined }),
    expectStatus: reader.list('expectStatus', { min: 1, default: [200] }, readStatus),
    expectBody: text,
    headers: readHeaders(reader),
  };
}

const requestPath = /^(?:\/[\x21-\x7e]*|\*)$/;
const hostHeader = /^[\x21-\x7e]+$/;
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;
const ownHeaders: ReadonlySet<string> = new Set([
  ...['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'expect'],
]);
const statusRange = { min: 200, max: 599 };

function readStatus(elements: OptionReader, index: string): ExpectedStatus {
  return elements.integerOr(index, statusRange, (reader) => {
    const range = { min: reader.integer('min', statusRange), max: reader.integer('max', statusRange) };
    if (range.min > range.max) reader.problem('max', `at least ${range.min}`);
    reader.refuseUnknownKeys();
    return Object.freeze(range);
  });
}

function readHeaders(reader: OptionReader): Readonly<Record<string, string>> {
  const rule = { pattern: headerName, expected: 'an object of header names and values' };
  return reader.record('headers', rule, (entries, name) => {
    if (ownHeaders.has(name.toLowerCase()))
      entries.problem(name, 'nothing: the probe sets this header itself');
    return entries.string(name, { pattern: headerValue, expected: 'a header value' });
  });
}
