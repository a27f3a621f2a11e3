import type { IncomingMessage } from 'node:http';
import { OptionsError, SluiceError, type ErrorCode, type OptionProblem } from '../base/errors.ts';
import type { Finding } from '../base/finding.ts';
import { OptionReader } from '../base/options.ts';
import { nearestName } from '../base/wording.ts';
import { routes } from './routes.ts';
import type { Route, UploadRoute } from './route.ts';

/** What a caller is told of an error. */
export interface ControlError {
  readonly code: ErrorCode;
  readonly message: string;
  /** Of wrong options: each of them. */
  readonly problems?: readonly OptionProblem[];
  /** Of a wrong configuration: what else is worth a word. */
  readonly findings?: readonly Finding[];
}

/** Bytes of a request's body at most: a configuration of some ten thousand servers. */
const maxBodyBytes = 16 * 1024 * 1024;

/** @throws SluiceError `SLUICE_ERR_NOT_FOUND` for a path, or a method of it, that there is not */
export function findRoute(method: string, path: string): Route {
  const route = routes.find((each) => each.path === path);
  if (route?.method === method) return route;
  const hint =
    route === undefined
      ? `did you mean '${
          nearestName(
            path,
            routes.map((each) => each.path),
          ) ?? '/v1/overview'
        }'?`
      : `it takes ${route.method}`;
  throw new SluiceError('SLUICE_ERR_NOT_FOUND', `No route ${method} ${path}; ${hint}`);
}

/** Reads what a route is asked for. @param maxBytes of a body. @throws OptionsError with every problem */
export async function readInput(
  route: Pick<Exclude<Route, UploadRoute>, 'method' | 'read'>,
  request: IncomingMessage,
  query: URLSearchParams,
  maxBytes = maxBodyBytes,
): Promise<unknown> {
  const given: unknown =
    route.method === 'GET' ? Object.fromEntries(query) : await readJson(request, maxBytes);
  const reader = new OptionReader('', given);
  const input = route.read(reader);
  reader.finish();
  return input;
}

/** Reads the body of a request. @throws OptionsError where it is larger */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw wrongBody(`at most ${maxBytes} bytes`, 'more');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const text = (await readBody(request, maxBytes)).toString();
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw wrongBody('JSON', 'something else');
  }
}

function wrongBody(expected: string, actual: string): OptionsError {
  return new OptionsError([{ path: 'body', expected, actual }]);
}

/** An error as a caller is told. What nobody foresaw has no details: they may quote anything. */
export function describeError(error: unknown): ControlError {
  if (!SluiceError.is(error))
    return { code: 'SLUICE_ERR_INTERNAL', message: 'The order failed; see the log' };
  const { code, message } = error;
  if (!(error instanceof OptionsError)) return { code, message };
  const { problems, findings } = error;
  return { code, message, problems, ...(findings.length === 0 ? {} : { findings }) };
}

const statuses: Partial<Record<ErrorCode, number>> = {
  SLUICE_ERR_OPTIONS: 400,
  SLUICE_ERR_SNAPSHOT: 400,
  SLUICE_ERR_NOT_FOUND: 404,
  SLUICE_ERR_STATE: 409,
  SLUICE_ERR_ADDRESS_IN_USE: 409,
  SLUICE_ERR_NOT_LOGGED_IN: 401,
  SLUICE_ERR_FORBIDDEN: 403,
  SLUICE_ERR_LIMIT: 429,
};

/** The HTTP status of an error. */
export function statusOf({ code }: ControlError): number {
  return statuses[code] ?? 500;
}
