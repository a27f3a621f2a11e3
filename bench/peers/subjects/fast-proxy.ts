/** The npm package `fast-proxy` with undici, which it calls the faster way; one instance for each server. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { startHttpFront } from './http-front.ts';
import { requirePeer } from './peer-package.ts';
import { runProgram } from './program.ts';

interface ProxyRequestOptions {
  rewriteRequestHeaders(request: IncomingMessage, headers: Record<string, string>): Record<string, string>;
}
interface FastProxy {
  proxy(
    request: IncomingMessage,
    response: ServerResponse,
    source: string,
    options: ProxyRequestOptions,
  ): void;
}
type CreateFastProxy = (options: object) => FastProxy;

const requestOptions: ProxyRequestOptions = {
  rewriteRequestHeaders: (request, headers) => {
    headers['x-forwarded-for'] = request.socket.remoteAddress ?? '';
    return headers;
  },
};

await runProgram(({ order }) => {
  const createFastProxy = requirePeer('fast-proxy') as CreateFastProxy;
  const proxies = new Map(
    order.servers.map((server) => {
      const base = `http://${server.host}:${server.port}`;
      return [server, createFastProxy({ base, undici: { connections: 64 } })];
    }),
  );
  return startHttpFront(order.servers, (request, response, server) => {
    proxies.get(server)?.proxy(request, response, request.url ?? '/', requestOptions);
  });
});
