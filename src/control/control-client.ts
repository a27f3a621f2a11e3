import { statSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { OptionsError, SluiceError } from '../base/errors.ts';
import { userHeader } from './caller.ts';
import type { ControlError } from './control-answer.ts';
import { isTrusted } from './control-path.ts';

/** One line of a route that tells its progress. */
interface Line {
  readonly progress?: unknown;
  readonly result?: unknown;
  readonly error?: ControlError;
}

/** How a caller waits for the end of an order. */
export interface FollowOptions {
  /** Called with everything that is told meanwhile. */
  readonly onProgress: (progress: unknown) => void;
  /** The order is given: the balancer has begun. */
  readonly onBegun?: () => void;
  /** Stops listening; the order stands. */
  readonly signal?: AbortSignal;
}

/** Who calls, for the logs of the balancer. */
export interface CallerClaim {
  readonly user: string;
  /** `sluice drain`. */
  readonly program: string;
}

/** Talks to a running balancer over its control socket. */
export class ControlClient {
  readonly #path: string;
  readonly #claim: CallerClaim | undefined;

  constructor(path: string, claim?: CallerClaim) {
    this.#path = path;
    this.#claim = claim;
  }

  /** @throws SluiceError as the balancer answers; `SLUICE_ERR_NOT_FOUND` where none runs there */
  async get(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    return readJson(await this.#send('GET', withQuery(path, query)));
  }

  /** As `get`. */
  async post(path: string, body: unknown = {}): Promise<unknown> {
    return readJson(await this.#send('POST', path, body));
  }

  /** Bytes of a route that answers with no JSON. @throws as `get`, also where they are cut off */
  async download(path: string): Promise<AsyncIterable<Buffer>> {
    const response = await this.#send('GET', path);
    if (response.statusCode !== 200) await readJson(response);
    return response as AsyncIterable<Buffer>;
  }

  /** Sends bytes to a route that takes no JSON. @throws as `get` */
  async upload(path: string, bytes: Uint8Array): Promise<unknown> {
    return readJson(await this.#send('POST', path, bytes));
  }

  /**
   * Calls a route that tells its progress.
   *
   * @param input the query of a `GET`, the body of a `POST`
   * @returns the result; undefined where the signal ended the waiting
   */
  async follow(
    method: 'GET' | 'POST',
    path: string,
    input: Readonly<Record<string, unknown>>,
    { onProgress, onBegun, signal }: FollowOptions,
  ): Promise<unknown> {
    const query = method === 'GET' ? withQuery(path, input as Readonly<Record<string, string>>) : path;
    const response = await this.#send(method, query, method === 'POST' ? input : undefined, signal);
    if (response.statusCode !== 200) return readJson(response);
    const isGivenUp = (): boolean => signal?.aborted === true;
    onBegun?.();
    // The end may have come together with the begin: who does not wait is not told.
    if (isGivenUp()) return undefined;
    try {
      for await (const text of createInterface({ input: response, crlfDelay: Infinity })) {
        const line = JSON.parse(text) as Line;
        if (line.error !== undefined) throw errorOf(line.error);
        if ('result' in line) return line.result;
        onProgress(line.progress);
      }
    } catch (error) {
      if (isGivenUp()) return undefined;
      throw error;
    }
    if (isGivenUp()) return undefined;
    throw new SluiceError('SLUICE_ERR_STATE', 'The balancer ended before it had answered');
  }

  #send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<IncomingMessage> {
    this.#checkOwner();
    return new Promise((resolve, reject) => {
      const call = request({
        ...{ socketPath: this.#path, method, path, agent: false },
        headers: { ...this.#claimed, ...(body === undefined ? {} : { 'Content-Type': typeOf(body) }) },
        ...(signal === undefined ? {} : { signal }),
      });
      call.once('response', resolve);
      call.on('error', (error: NodeJS.ErrnoException) => reject(this.#unreachable(error)));
      if (body === undefined) call.end();
      else call.end(body instanceof Uint8Array ? body : JSON.stringify(body));
    });
  }

  get #claimed(): Readonly<Record<string, string>> {
    if (this.#claim === undefined) return {};
    const { user, program } = this.#claim;
    return { [userHeader]: encodeURIComponent(user), 'User-Agent': program };
  }

  /** Another user could have made a socket there to hear orders. */
  #checkOwner(): void {
    const found = statSync(this.#path, { throwIfNoEntry: false });
    if (found === undefined || isTrusted(found.uid)) return;
    const message = `The control socket ${this.#path} belongs to another user; no order is sent there`;
    throw new SluiceError('SLUICE_ERR_PERMISSION', message);
  }

  #unreachable(error: NodeJS.ErrnoException): SluiceError {
    const { code } = error;
    const at = `the control socket ${this.#path}`;
    if (code === 'ENOENT' || code === 'ECONNREFUSED') {
      const message = `No balancer runs behind ${at}; start one with 'sluice run FILE', or name its socket with --control PATH`;
      return new SluiceError('SLUICE_ERR_NOT_FOUND', message, { cause: error });
    }
    if (code === 'EACCES') {
      const message = `This user may not open ${at}; use the user that runs the balancer, or root`;
      return new SluiceError('SLUICE_ERR_PERMISSION', message, { cause: error });
    }
    return new SluiceError(
      'SLUICE_ERR_STATE',
      `The balancer behind ${at} does not answer: ${error.message}`,
      {
        cause: error,
      },
    );
  }
}

function typeOf(body: unknown): string {
  return body instanceof Uint8Array ? 'application/octet-stream' : 'application/json';
}

function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  const given = Object.entries(query).filter(([, value]) => (value as string | undefined) !== undefined);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

async function readJson(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const answer = JSON.parse(Buffer.concat(chunks).toString()) as { readonly error?: ControlError };
  if (response.statusCode !== 200 && answer.error !== undefined) throw errorOf(answer.error);
  return answer;
}

function errorOf({ code, message, problems, findings }: ControlError): SluiceError {
  return problems === undefined ? new SluiceError(code, message) : new OptionsError(problems, findings);
}
