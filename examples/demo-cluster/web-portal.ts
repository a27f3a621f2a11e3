import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { renderPortalPage } from './portal-page.ts';
import type { ServerStatistics } from './server-statistics.ts';
import { TcpService } from './tcp-service.ts';

/** The application's own session cookie, as a real portal has one beside the balancer's. */
export const portalCookieName = 'PORTALSESSION';

/** What `/whoami` tells. */
export interface WhoamiAnswer {
  readonly server: string;
  /** Visits of this session to this server, the present one included. */
  readonly visits: number;
  /** The X-Forwarded-For header as it came. */
  readonly forwardedFor: string | null;
}

const maxSessions = 10_000;

/** Visits by session, known to this server only. The session that was quiet longest makes room. */
class VisitCounter {
  readonly #visits = new Map<string, number>();

  /** @returns the session, a new one where the given is not known here, and its visits so far */
  visit(session: string | undefined): { readonly session: string; readonly visits: number } {
    const known = session === undefined ? undefined : this.#visits.get(session);
    const current = known === undefined || session === undefined ? randomUUID() : session;
    const visits = (known ?? 0) + 1;
    this.#visits.delete(current);
    this.#visits.set(current, visits);
    if (this.#visits.size > maxSessions) {
      for (const oldest of this.#visits.keys()) {
        this.#visits.delete(oldest);
        break;
      }
    }
    return { session: current, visits };
  }
}

/** A small web portal: `/` for people, `/whoami` for programs, HEAD for health checks. */
export class WebPortal extends TcpService {
  constructor(serverName: string, statistics: ServerStatistics) {
    const counter = new VisitCounter();
    super(createServer((request, response) => answer(request, response, serverName, counter, statistics)));
  }
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  server: string,
  counter: VisitCounter,
  statistics: ServerStatistics,
): void {
  request.resume();
  response.setHeader('X-Demo-Server', server);
  const path = (request.url ?? '/').split('?')[0];
  if (path !== '/' && path !== '/whoami') {
    send(response, 404, 'text/plain', 'Not found\n');
    return;
  }
  if (request.method === 'HEAD') {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end();
    return;
  }
  if (request.method !== 'GET') {
    response.setHeader('Allow', 'GET, HEAD');
    send(response, 405, 'text/plain', 'Method not allowed\n');
    return;
  }
  statistics.webHits++;
  const { session, visits } = counter.visit(cookieOf(request, portalCookieName));
  const forwardedFor = headerOf(request, 'x-forwarded-for');
  response.setHeader('Set-Cookie', `${portalCookieName}=${session}; Path=/; HttpOnly; SameSite=Lax`);
  response.setHeader('Cache-Control', 'no-store');
  if (path === '/') {
    send(response, 200, 'text/html; charset=utf-8', renderPortalPage({ server, visits, forwardedFor }));
  } else {
    const told: WhoamiAnswer = { server, visits, forwardedFor: forwardedFor ?? null };
    send(response, 200, 'application/json', `${JSON.stringify(told)}\n`);
  }
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response
    .writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) })
    .end(body);
}

function cookieOf(request: IncomingMessage, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name && value !== undefined) return value;
  }
  return undefined;
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
