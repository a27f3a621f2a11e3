/** `node:http` in front and a pool of `undici` behind: the fastest that Node.js has without a proxy library. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { startHttpFront } from './http-front.ts';
import { requirePeer } from './peer-package.ts';
import { runProgram } from './program.ts';

interface StreamOptions {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingMessage | null;
}
interface StreamHead {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
}
interface UndiciPool {
  stream(options: StreamOptions, factory: (head: StreamHead) => Writable): Promise<unknown>;
}
interface Undici {
  readonly Pool: new (origin: string, options: object) => UndiciPool;
}

/** Headers that concern one connection only. */
const connectionHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding', 'expect', 'upgrade']);

function requestHeaders(request: IncomingMessage): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = {};
  for (const name in request.headers) {
    if (!connectionHeaders.has(name)) headers[name] = request.headers[name];
  }
  headers['x-forwarded-for'] = request.socket.remoteAddress;
  return headers;
}

function copyHead({ statusCode, headers }: StreamHead, response: ServerResponse): void {
  response.statusCode = statusCode;
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || connectionHeaders.has(name)) continue;
    if (name === 'set-cookie') response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
}

await runProgram(({ order }) => {
  const { Pool } = requirePeer('undici') as Undici;
  const pools = new Map(
    order.servers.map((server) => {
      return [server, new Pool(`http://${server.host}:${server.port}`, { connections: 64 })];
    }),
  );
  return startHttpFront(order.servers, (request, response, server) => {
    const { method, url: path } = request;
    const body = method === 'GET' || method === 'HEAD' ? null : request;
    const sent = pools
      .get(server)
      ?.stream({ method, path, headers: requestHeaders(request), body }, (head) => {
        copyHead(head, response);
        return response;
      });
    sent?.catch(() => response.destroy());
  });
});
