import { get, type IncomingMessage } from 'node:http';
import type { CookieJar } from './cookie-jar.ts';
import {
  connectionOptions,
  timeoutError,
  trafficError,
  type TrafficAnswer,
  type TrafficTarget,
} from './traffic-target.ts';

/** What a visit found out. */
export interface VisitAnswer extends TrafficAnswer {
  readonly status: number;
  /** Visits of this session to the server; undefined where another product answered. */
  readonly visits: number | undefined;
  /** The X-Forwarded-For header that the server saw. */
  readonly forwardedFor: string | undefined;
}

/** Longest answer that is read: the demo's has some hundred bytes. */
const maxBodyBytes = 64 * 1024;

/**
 * Asks the web portal who it is (GET /whoami), on a connection of its own.
 *
 * @param jar its cookies are sent, and those of the answer kept
 * @throws Error that names the target, where there is no HTTP answer in time
 */
export async function visit(target: TrafficTarget, jar: CookieJar): Promise<VisitAnswer> {
  const { response, body } = await fetchWhoami(target, jar.header());
  jar.take(response.headers['set-cookie'] ?? []);
  const told = parse(body);
  return {
    status: response.statusCode ?? 0,
    server: textOf(told['server']),
    visits: typeof told['visits'] === 'number' ? told['visits'] : undefined,
    forwardedFor: textOf(told['forwardedFor']),
  };
}

function fetchWhoami(
  target: TrafficTarget,
  cookie: string | undefined,
): Promise<{ response: IncomingMessage; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { Connection: 'close', ...(cookie === undefined ? {} : { Cookie: cookie }) };
    const options = { ...connectionOptions(target), path: '/whoami', agent: false, headers };
    const request = get(options, (response) => {
      let body = '';
      response.setEncoding('latin1');
      response.on('data', (text: string) => {
        body += text;
        if (body.length > maxBodyBytes)
          request.destroy(new Error(`an answer of more than ${maxBodyBytes} bytes`));
      });
      response.on('end', () => resolve({ response, body }));
      response.on('error', fail);
    });
    const limit = setTimeout(() => request.destroy(timeoutError(target)), target.timeoutMs);
    const fail = (error: Error): void => reject(trafficError(target, error));
    request.on('error', fail);
    request.on('close', () => clearTimeout(limit));
  });
}

function parse(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
