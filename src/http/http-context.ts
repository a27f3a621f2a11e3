import { Server } from '../model/server.ts';
import type { PathContext } from '../path/path-context.ts';
import type { ReachContext } from '../reach/reach.ts';
import { Deadlines } from '../runtime/deadlines.ts';
import { BufferStock } from './buffer-stock.ts';
import { RequestHead } from './codec/request-head.ts';
import { ResponseHead } from './codec/response-head.ts';
import type { Tolerance } from './codec/tolerance.ts';
import { pageAnswer, type EncodedAnswer } from './error-answers.ts';
import type { ResolvedHttpOptions } from './http-options.ts';
import { Outlet } from './outlet.ts';
import { ServerConnections } from './server-connections.ts';
import { TraceBeginner } from './trace-beginner.ts';
import { WantedFacts } from './wanted-facts.ts';

/** Room for the header lines that this proxy adds to a request. */
const addedHeadBytes = 1_024;
/** Room for a response's head with its added lines, and a good deal of its body. */
const outletBytes = 65_536;

/**
 * What all exchanges of one HTTP run share: tools that are used within one call and hold nothing between
 * calls (parsed heads, the outlet), memory, and the connections to servers.
 */
export class HttpContext {
  readonly context: PathContext;
  readonly options: ResolvedHttpOptions;
  readonly reach: ReachContext;
  readonly requestHead: RequestHead;
  readonly responseHead: ResponseHead;
  /** What is tolerated of servers. */
  readonly tolerance: Tolerance;
  readonly outlet: Outlet;
  readonly stock: BufferStock;
  readonly servers: ServerConnections;
  /** What persistence and balancing read of requests. */
  readonly wanted: WantedFacts;
  /** The cookies of persistence, which are between the clients and this proxy alone. */
  readonly ownCookies: readonly Buffer[];
  /** The server of the fallback; it belongs to no pool, so neither balancing nor persistence knows it. */
  readonly fallbackServer: Server | undefined;
  readonly fallbackPage: EncodedAnswer | undefined;
  /** Undefined where no traces begin here. */
  readonly traces: TraceBeginner | undefined;
  /** No connection takes another request. */
  isDraining = false;
  /** Each connection takes what it has of requests, or else one more. */
  isReplaced = false;

  constructor(context: PathContext, options: ResolvedHttpOptions) {
    const { maxHeadBytes, fallback } = options;
    this.context = context;
    this.options = options;
    this.requestHead = new RequestHead(options);
    this.tolerance = options.lenientResponses ? 'lenient' : 'standard';
    this.responseHead = new ResponseHead(options, this.tolerance);
    this.outlet = new Outlet(outletBytes + maxHeadBytes);
    this.stock = new BufferStock(maxHeadBytes + addedHeadBytes);
    this.servers = new ServerConnections(context, options, (server) => this.isUsable(server));
    const { strategies } = context.persistence;
    const needed = strategies.flatMap(({ needs }) => needs);
    this.wanted = new WantedFacts([...needed, ...(context.pool.options.balance.needs ?? [])]);
    const ownNames = strategies.map(({ cookieName }) => cookieName).filter((name) => name !== undefined);
    this.ownCookies = [...new Set(ownNames)].map((name) => Buffer.from(name, 'latin1'));
    this.fallbackServer =
      fallback?.server === undefined ? undefined : new Server({ name: 'fallback', ...fallback.server });
    this.fallbackPage =
      fallback?.page === undefined
        ? undefined
        : pageAnswer(fallback.page.status, fallback.page.contentType, fallback.page.body);
    this.traces = options.beginTraces ? new TraceBeginner(context.runtime.random) : undefined;
    this.reach = {
      context,
      deadlines: new Deadlines(context.runtime.clock),
      mayWait: context.pool.options.maxQueued > 0,
      maxConnectAttempts: options.maxConnectAttempts,
      connectTimeoutMs: options.connectTimeoutMs,
      fallbackServer: this.fallbackServer,
      hasFallback: fallback !== undefined,
    };
  }

  /** Whether the server may still get anybody's requests. */
  isUsable(server: Server): boolean {
    // A server that was removed from the pool is halted for good.
    return server === this.fallbackServer || (server.adminState !== 'halt' && server.health !== 'down');
  }
}
