import type { IncomingMessage, ServerResponse } from 'node:http';
import { readInput, type ControlError } from '../control/control-answer.ts';
import type { ControlSubject, Route } from '../control/route.ts';
import { RouteResponder, sendJson } from '../control/route-responder.ts';
import { expositionType } from '../metrics/exposition.ts';
import type { Logger } from '../runtime/runtime.ts';
import type { AdminRoute, AdminSubject, KnownCall } from './admin-route.ts';
import { findAdminRoute } from './admin-routes.ts';
import { refusedBy, type AuditLog } from './audit-log.ts';
import { answerHealth } from './http/health-answers.ts';
import { identify } from './http/identify.ts';
import { OpenAnswers } from './http/open-answers.ts';
import { isPagePath, type PageFiles } from './http/page-files.ts';
import { placeOf, type Place } from './http/place.ts';
import {
  addressOf,
  checkContentType,
  checkCsrf,
  checkEncoding,
  checkHost,
  checkSite,
  isEncrypted,
} from './http/request-checks.ts';
import { setSecurityHeaders } from './http/security-headers.ts';
import { limitBody, orderBodyMs, uploadBodyMs } from './http/slow-bodies.ts';
import { auditOrder, type AuditedOrder } from './order-audit.ts';
import { forbidden, notLoggedIn, Refusal } from './refusal.ts';
import { accessTo } from './roles.ts';
import { whyNot } from './users/caller.ts';

/** Bytes of the body of a route that is the administration's own. */
const maxOwnBytes = 64 * 1024;
/** The same while nobody knows who sends it. */
const maxOpenBytes = 4 * 1024;

/** What a handler answers from. */
export interface HandlerParts {
  /** What the routes of the control socket are about. */
  readonly control: ControlSubject;
  /** What the routes of the administration itself are about. */
  readonly own: AdminSubject;
  readonly page: PageFiles;
  readonly audit: AuditLog;
  readonly log: Logger;
  /** Keys of hosts that it may be called by, besides its address. */
  readonly hosts: ReadonlySet<string>;
  readonly publicMetrics: boolean;
  readonly strictTransport: boolean;
}

/** Answers the page, its routes and what orchestrators ask: who calls, from which site and with which right comes first. */
export class AdminHandler {
  readonly #parts: HandlerParts;
  readonly #responder: RouteResponder;
  readonly #open: OpenAnswers;

  constructor(parts: HandlerParts) {
    this.#parts = parts;
    this.#responder = new RouteResponder(parts.control, parts.log);
    this.#open = new OpenAnswers(parts.own.clock);
  }

  /** @param prefix of the paths that are answered, without a slash at the end */
  async handle(request: IncomingMessage, response: ServerResponse, prefix: string): Promise<void> {
    // Who goes away harms nobody.
    response.on('error', () => undefined);
    setSecurityHeaders(response, this.#parts.strictTransport && isEncrypted(request));
    try {
      await this.#answer(request, response, prefix);
    } catch (error) {
      this.#refuse(request, response, error);
    }
  }

  /** Ends what is under way. */
  close(): void {
    this.#responder.close();
    this.#open.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse, prefix: string): Promise<void> {
    const { control, hosts, page } = this.#parts;
    const place = placeOf(request.url ?? '', prefix);
    if (place === undefined) throw new Refusal(404, 'SLUICE_ERR_NOT_FOUND', 'There is nothing here');
    checkEncoding(request);
    if (answerHealth(place.path, control.balancer, response)) return;
    checkHost(request, hosts);
    if (place.path === '') {
      // Paths of the page are relative.
      response.writeHead(308, { Location: `${prefix}/` }).end();
    } else if (isPagePath(place.path)) {
      if (request.method !== 'GET' && request.method !== 'HEAD') throw wrongMethod(['GET', 'HEAD']);
      page.send(place.path, request, response);
    } else {
      checkSite(request);
      await this.#answerRoute(request, response, place);
    }
  }

  async #answerRoute(request: IncomingMessage, response: ServerResponse, place: Place): Promise<void> {
    const { control, publicMetrics } = this.#parts;
    const isMetrics = place.path === '/metrics';
    if (isMetrics && publicMetrics && request.method === 'GET') {
      response.writeHead(200, { 'Content-Type': expositionType }).end(control.balancer.metrics.bytes());
      return;
    }
    const { route, methods } = findAdminRoute(request.method ?? '', isMetrics ? '/v1/metrics' : place.path);
    if (route === undefined) throw wrongMethod(methods);
    this.#checkBody(route, request);
    if (route.kind === 'open') await this.#answerOpen(route, request, response, place);
    else await this.#answerKnown(route, request, response, place);
  }

  #checkBody(route: AdminRoute | Route, request: IncomingMessage): void {
    if (route.method !== 'POST') return;
    const isUpload = route.kind === 'upload';
    // Browsers give a file any type, or none. Orders that are no JSON come from forms of other sites.
    if (!isUpload) checkContentType(request);
    limitBody(request, this.#parts.own.clock, isUpload ? uploadBodyMs : orderBodyMs);
  }

  async #answerOpen(
    route: Extract<AdminRoute, { readonly kind: 'open' }>,
    request: IncomingMessage,
    response: ServerResponse,
    { query }: Place,
  ): Promise<void> {
    const input = await readInput(route, request, query, maxOpenBytes);
    const call = { request, response, address: addressOf(request) };
    const answered = await route.answer(this.#parts.own, input, call);
    sendJson(response, 200, answered ?? {});
  }

  async #answerKnown(
    route: Exclude<AdminRoute | Route, { readonly kind: 'open' }>,
    request: IncomingMessage,
    response: ServerResponse,
    { query }: Place,
  ): Promise<void> {
    const { own, audit, control } = this.#parts;
    const caller = identify(request, own.gatekeeper);
    if (caller === undefined) throw notLoggedIn();
    const call = { request, response, address: addressOf(request), caller };
    const order: AuditedOrder = {
      order: route.path.replace(/^\/v\d+\//u, ''),
      ...{ user: caller.user, via: caller.via, from: call.address },
    };
    const isOrder = route.method === 'POST' && !('isQuestion' in route && route.isQuestion);
    try {
      this.#checkRight(route, call);
    } catch (error) {
      if (isOrder) await audit.tell({ ...order, ...refusedBy(this.#refuse(request, response, error)) });
      else this.#refuse(request, response, error);
      return;
    }
    const work = (onInput?: (input: unknown) => void): Promise<ControlError | undefined> =>
      this.#carryOut(route, query, call, onInput);
    if (isOrder) await auditOrder(audit, control.balancer, order, route.kind === 'progress', work);
    else await work();
  }

  /** @throws Refusal */
  #checkRight(route: AdminRoute | Route, { request, response, caller }: KnownCall): void {
    const access = accessTo(route);
    if (route.method === 'POST' && caller.logIn !== undefined) checkCsrf(request, caller.logIn.csrf);
    const reason = whyNot(caller, access);
    if (reason !== undefined) throw forbidden(reason);
    const { gatekeeper, logIns } = this.#parts.own;
    if (route.kind === 'stream' || route.kind === 'progress') {
      this.#open.watch(response, () => {
        const still = identify(request, gatekeeper);
        return still !== undefined && whyNot(still, access) === undefined;
      });
    }
    // A page that only looks on does not use its log-in.
    if (route.kind !== 'stream' && caller.logIn !== undefined) logIns.use(caller.logIn);
  }

  /** @returns why it was refused, if it was */
  async #carryOut(
    route: Exclude<AdminRoute | Route, { readonly kind: 'open' }>,
    query: URLSearchParams,
    call: KnownCall,
    onInput?: (input: unknown) => void,
  ): Promise<ControlError | undefined> {
    const { request, response, caller } = call;
    const { own } = this.#parts;
    if (route.kind !== 'own' && route.kind !== 'stream') {
      const by = { by: caller.by, ...(onInput === undefined ? {} : { onInput }) };
      return this.#responder.respond(route, request, response, query, by);
    }
    try {
      const input = await readInput(route, request, query, maxOwnBytes);
      onInput?.(input);
      if (route.kind === 'stream') route.begin(own, input, call);
      else sendJson(response, 200, (await route.answer(own, input, call)) ?? {});
      return undefined;
    } catch (error) {
      return this.#refuse(request, response, error);
    }
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): ControlError {
    if (!(error instanceof Refusal) || response.headersSent)
      return this.#responder.refuse(request, response, error);
    for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
    return this.#responder.refuse(request, response, error, error.status);
  }
}

function wrongMethod(methods: readonly string[]): Refusal {
  const allowed = methods.join(', ');
  if (methods.length === 0) return new Refusal(404, 'SLUICE_ERR_NOT_FOUND', 'There is no such route');
  return new Refusal(405, 'SLUICE_ERR_NOT_FOUND', `It takes ${allowed}`, { Allow: allowed });
}
