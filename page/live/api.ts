import type { Finding } from '../../src/base/finding.ts';

/** What the server says of an order or a question that it does not carry out. */
export class ApiError extends Error {
  /** HTTP status; 0 where the server could not be reached. */
  readonly status: number;
  /** `SLUICE_ERR_NOT_FOUND`; empty where none was told. */
  readonly code: string;
  readonly problems: readonly Problem[];
  readonly findings: readonly Finding[];
  /** After how many seconds to try again, where the server slows down. */
  readonly retryAfterSeconds: number;

  constructor(status: number, told: ToldError, retryAfterSeconds = 0) {
    super(told.message ?? `HTTP ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.code = told.code ?? '';
    this.problems = told.problems ?? [];
    this.findings = told.findings ?? [];
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** One option that is wrong. */
export interface Problem {
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

interface ToldError {
  readonly code?: string;
  readonly message?: string;
  readonly problems?: readonly Problem[];
  readonly findings?: readonly Finding[];
}

/** One line of a route that tells its progress. */
interface Line {
  readonly progress?: unknown;
  readonly result?: unknown;
  readonly error?: ToldError;
}

export type Query = Readonly<Record<string, string>>;

/** Calls the routes beside the page. All addresses are relative: a gateway may serve the page under a prefix. */
export class Api {
  /** Of the session; goes with everything that may change something. */
  csrf = '';
  /** Called where the session is over. */
  onLoggedOut = (): void => undefined;

  get(path: string, query: Query = {}): Promise<unknown> {
    return this.#json(path, 'GET', query);
  }

  post(path: string, body: unknown = {}): Promise<unknown> {
    return this.#json(path, 'POST', body);
  }

  /** Sends bytes to a route that takes no JSON. */
  async upload(path: string, bytes: Blob): Promise<unknown> {
    return readJson(await this.#send(path, { method: 'POST', body: bytes }));
  }

  /** Opens a stream. @throws ApiError */
  open(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
    return this.#send(path, { headers, signal });
  }

  /**
   * Calls a route that tells its progress.
   *
   * @param onProgress is told each of it
   * @returns the result; undefined where the signal ended the waiting
   */
  async follow(
    method: 'GET' | 'POST',
    path: string,
    input: Readonly<Record<string, unknown>>,
    onProgress: (progress: unknown) => void,
    signal?: AbortSignal,
  ): Promise<unknown> {
    const init = signal === undefined ? {} : { signal };
    const response =
      method === 'GET'
        ? await this.#send(withQuery(path, input as Query), init)
        : await this.#send(path, { ...init, ...jsonBody(input) });
    for await (const text of linesOf(response)) {
      const line = JSON.parse(text) as Line;
      if (line.error !== undefined) throw new ApiError(response.status, line.error);
      if ('result' in line) return line.result;
      onProgress(line.progress);
    }
    return undefined;
  }

  async #json(path: string, method: 'GET' | 'POST', input: unknown): Promise<unknown> {
    const response =
      method === 'GET'
        ? await this.#send(withQuery(path, input as Query), {})
        : await this.#send(path, jsonBody(input));
    return readJson(response);
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (init.method === 'POST' && this.csrf !== '') headers.set('Sluice-Csrf', this.csrf);
    let response: Response;
    try {
      response = await fetch(`.${path}`, { ...init, headers, cache: 'no-store', credentials: 'same-origin' });
    } catch (error) {
      throw new ApiError(0, { message: error instanceof Error ? error.message : '' });
    }
    if (response.ok) return response;
    // Of a log-in or a password that is wrong, its form tells.
    if (response.status === 401 && !/^\/v1\/session(\/|$)/u.test(path)) this.onLoggedOut();
    throw await errorOf(response);
  }
}

function jsonBody(input: unknown): RequestInit {
  return {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(input),
  };
}

function withQuery(path: string, query: Query): string {
  const text = new URLSearchParams(query).toString();
  return text === '' ? path : `${path}?${text}`;
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  return text === '' ? {} : JSON.parse(text);
}

async function errorOf(response: Response): Promise<ApiError> {
  const retryAfter = Number(response.headers.get('Retry-After') ?? 0);
  let told: ToldError = {};
  try {
    ({ error: told = {} } = (await response.json()) as { readonly error?: ToldError });
  } catch {
    // Something between here and the balancer answered, in words of its own.
  }
  return new ApiError(response.status, told, retryAfter);
}

async function* linesOf(response: Response): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const piece of piecesOf(response)) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
  if (rest !== '') yield rest;
}

/** The body of a response as text, as it comes. */
export async function* piecesOf({ body }: Response): AsyncGenerator<string, void, undefined> {
  if (body === null) return;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/** Is what was asked for not there? */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'SLUICE_ERR_NOT_FOUND';
}

/** What to tell a person of something that failed. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
