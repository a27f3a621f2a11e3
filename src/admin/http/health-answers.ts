import type { ServerResponse } from 'node:http';
import type { Balancer } from '../../balancer/balancer.ts';

/**
 * Answers what orchestrators ask, which need no log-in: `/healthz`, that the process lives, and `/readyz`, that every service
 * listens.
 *
 * @returns whether it was asked
 */
export function answerHealth(path: string, balancer: Balancer, response: ServerResponse): boolean {
  if (path !== '/healthz' && path !== '/readyz') return false;
  const isRight = path === '/healthz' || isReady(balancer);
  response.writeHead(isRight ? 200 : 503, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(isRight ? 'ok\n' : 'not every service listens\n');
  return true;
}

function isReady(balancer: Balancer): boolean {
  const listeners = balancer.overview().services.flatMap((service) => service.listeners);
  return listeners.every(({ state }) => state === 'started');
}
