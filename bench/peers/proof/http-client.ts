import { request } from 'node:http';
import type { Address } from '../subject.ts';

/** A response, whole. */
export interface ProofResponse {
  readonly status: number;
  readonly setCookie: readonly string[];
  readonly body: Buffer;
}

const limitMs = 5_000;

/** What to send besides the path. */
export interface AskOptions {
  readonly headers?: Record<string, string>;
  readonly body?: Buffer;
  /** The client's address: any of 127.0.0.0/8. */
  readonly localAddress?: string;
}

/** One request on a connection of its own; with a body it is a POST. */
export function ask(
  { host, port }: Address,
  path: string,
  { headers = {}, body, localAddress }: AskOptions = {},
): Promise<ProofResponse> {
  const method = body === undefined ? 'GET' : 'POST';
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...(localAddress === undefined ? { host } : { host, localAddress }),
        port,
        path,
        method,
        headers,
        agent: false,
        signal: AbortSignal.timeout(limitMs),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
        response.on('end', () => {
          const setCookie = response.headers['set-cookie'] ?? [];
          resolve({ status: response.statusCode ?? 0, setCookie, body: Buffer.concat(chunks) });
        });
      },
    );
    sent.on('error', reject).end(body);
  });
}

let newClients = 0;

/**
 * The cookie that a first request gets, as a browser would send it back; undefined without one. Asked from an
 * address that was not seen before: HAProxy sends none to a client that its table knows.
 */
export async function firstCookie(address: Address): Promise<string | undefined> {
  newClients++;
  const localAddress = `127.2.${newClients >> 8}.${newClients & 255}`;
  const { setCookie } = await ask(address, '/whoami', { localAddress });
  return setCookie[0]?.split(';')[0];
}
