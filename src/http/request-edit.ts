import type { Connection } from '../engine/engine.ts';
import type { ConnectionEdit, RequestEdits } from './codec/head-writer.ts';
import { encodeHeaderLine } from './codec/header-line.ts';
import type { RequestHead } from './codec/request-head.ts';
import type { HttpContext } from './http-context.ts';
import type { TraceBeginner } from './trace-beginner.ts';

/** How the requests of one client connection change. One object, changed for each. */
export class RequestEdit implements RequestEdits {
  connection: ConnectionEdit = 'none';
  readonly forwardedFor: 'replace' | 'append';
  readonly ownCookies: readonly Buffer[];
  readonly append: Buffer[];
  readonly #traces: TraceBeginner | undefined;

  constructor(http: HttpContext, client: Connection) {
    this.forwardedFor = http.options.forwardedFor;
    this.ownCookies = http.ownCookies;
    this.append = [Buffer.concat(forwardedLines(this.forwardedFor, client))];
    this.#traces = http.traces;
  }

  /** Traces were begun for this head already. Hot path. */
  of(head: RequestHead): this {
    // A server keeps the connection of an HTTP/1.0 request only if asked to.
    this.connection = head.hasUpgrade ? 'upgrade' : head.versionMinor === 0 ? 'keepAlive' : 'none';
    if (this.#traces !== undefined) this.append[1] = this.#traces.line;
    return this;
  }
}

/** A trusted proxy in front knows how its client came to it; without one, this proxy does. */
function forwardedLines(forwardedFor: 'replace' | 'append', client: Connection): Buffer[] {
  const lines = [encodeHeaderLine('X-Forwarded-For', client.remoteAddress.toString())];
  if (forwardedFor === 'append') return lines;
  lines.push(encodeHeaderLine('X-Forwarded-Proto', 'http'));
  lines.push(encodeHeaderLine('X-Forwarded-Port', String(client.localPort)));
  return lines;
}
