import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Balancer } from '../balancer/balancer.ts';
import { SluiceError } from '../base/errors.ts';
import type { ResolvedMetricsOptions } from '../file/run-options.ts';
import { expositionType } from '../metrics/exposition.ts';
import { formatEndpoint } from '../model/endpoint.ts';

/** Where metrics are served, and how that ends. */
export interface MetricsServer {
  readonly url: string;
  close(): void;
}

/**
 * Serves metrics over plain HTTP, at `/metrics` and nowhere else. All who reach the address may read them.
 *
 * @throws SluiceError `SLUICE_ERR_LISTEN` where the address cannot be had
 */
export async function serveMetrics(
  balancer: Balancer,
  { host, port }: ResolvedMetricsOptions,
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const isAsked = request.method === 'GET' && request.url?.split('?')[0] === '/metrics';
    if (isAsked) response.writeHead(200, { 'Content-Type': expositionType }).end(balancer.metrics.bytes());
    else response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Metrics are at GET /metrics\n');
  });
  try {
    await once(server.listen(port, host), 'listening');
  } catch (cause) {
    const message = `Metrics cannot be served on ${formatEndpoint(host, port)}: ${(cause as Error).message}`;
    throw new SluiceError('SLUICE_ERR_LISTEN', message, { cause });
  }
  // Metrics alone keep no process alive.
  server.unref();
  const bound = server.address() as { readonly port: number };
  return {
    url: `http://${formatEndpoint(host, bound.port)}/metrics`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
