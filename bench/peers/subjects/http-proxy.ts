/** The npm packages `http-proxy`, `http-proxy-3` and `httpxy`, which share one interface. */
import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { startHttpFront } from './http-front.ts';
import { importPeer, requirePeer } from './peer-package.ts';
import { runProgram } from './program.ts';

interface ProxyOptions {
  readonly agent: Agent;
  readonly xfwd: boolean;
}
type OnError = (error: Error, request: IncomingMessage, response: unknown) => void;
interface ProxyServer {
  web(request: IncomingMessage, response: ServerResponse, options: { target: string }): unknown;
  on(event: 'error', handler: OnError): unknown;
}
interface ProxyModule {
  createProxyServer(options: ProxyOptions): ProxyServer;
}

await runProgram(async ({ order, package: name = 'http-proxy' }) => {
  const loaded = name === 'httpxy' ? await importPeer('httpxy/dist/index.mjs') : requirePeer(name);
  const module = loaded as ProxyModule;
  const proxy = module.createProxyServer({ agent: new Agent({ keepAlive: true }), xfwd: true });
  proxy.on('error', (_error, request) => request.destroy());
  return startHttpFront(order.servers, (request, response, { host, port }) => {
    proxy.web(request, response, { target: `http://${host}:${port}` });
  });
});
