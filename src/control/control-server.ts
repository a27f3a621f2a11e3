import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Balancer } from '../balancer/balancer.ts';
import { OptionReader } from '../base/options.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { describeCaller } from './caller.ts';
import { findRoute } from './control-answer.ts';
import { claimPath, releasePath } from './control-path.ts';
import { openControlSubject, readControlSubject, type ControlSubjectOptions } from './control-subject.ts';
import type { ControlSubject } from './route.ts';
import { RouteResponder } from './route-responder.ts';

/** How long callers have to notice that the socket closes, milliseconds. */
const noticeMs = 500;

/** How a balancer is controlled from outside. */
export interface ControlOptions extends ControlSubjectOptions {
  /** Where the Unix socket is made. Its folder is made too, for this user alone. */
  readonly path: string;
}

/**
 * The control socket of a balancer: HTTP over a Unix socket that only its own user, and root, may open. These
 * two may give every order.
 */
export class ControlServer {
  readonly path: string;
  /** What its routes are about. @internal */
  readonly subject: ControlSubject;
  readonly #server: Server;
  readonly #runtime: Runtime;
  readonly #responder: RouteResponder;

  private constructor(path: string, runtime: Runtime, subject: ControlSubject) {
    this.path = path;
    this.subject = subject;
    this.#runtime = runtime;
    this.#responder = new RouteResponder(subject, runtime.log);
    this.#server = createServer((request, response) => {
      void this.#serve(request, response);
    });
  }

  /**
   * @throws OptionsError for wrong options
   * @throws SluiceError `SLUICE_ERR_ADDRESS_IN_USE` where another process answers there; `SLUICE_ERR_PERMISSION` or
   * `SLUICE_ERR_LISTEN` where the system refuses
   */
  static async open(balancer: Balancer, options: ControlOptions): Promise<ControlServer> {
    const reader = new OptionReader('control', options);
    const path = reader.string('path', { expected: 'the path of a Unix socket' });
    const about = readControlSubject(reader);
    reader.finish();
    const subject = openControlSubject(balancer, about);
    const control = new ControlServer(path, about.runtime, subject);
    try {
      await claimPath(control.#server, path);
    } catch (error) {
      subject.log.close();
      throw error;
    }
    return control;
  }

  /** Ends every call under way and removes the socket. The balancer goes on. Idempotent. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#responder.close();
    this.subject.log.close();
    this.#server.closeIdleConnections();
    releasePath(this.path);
    // Somebody may be connected who never asks anything.
    using _cut = this.#runtime.clock.schedule(noticeMs, () => this.#server.closeAllConnections());
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://control');
      const route = findRoute(request.method ?? '', pathname);
      const by = describeCaller(request.headers);
      await this.#responder.respond(route, request, response, searchParams, { by });
    } catch (error) {
      this.#responder.refuse(request, response, error);
    }
  }
}
