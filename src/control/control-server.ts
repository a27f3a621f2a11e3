import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Balancer } from '../balancer/balancer.ts';
import { OptionReader } from '../base/options.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { readRuntime } from '../runtime/runtime-option.ts';
import { RecentLog } from '../records/recent-log.ts';
import { describeCaller, describeOrder } from './caller.ts';
import { describeError, findRoute, readBody, readInput, statusOf } from './control-answer.ts';
import { claimPath, releasePath } from './control-path.ts';
import { FileComparison, type ReadFileConfig } from './file-comparison.ts';
import type { BytesRoute, ControlCall, ControlSubject, ProgressRoute, Route } from './route.ts';

/** How long callers have to notice that the socket closes, milliseconds. */
const noticeMs = 500;

const nothing = (): object => ({});

/** How a balancer is controlled from outside. */
export interface ControlOptions {
  /** Where the Unix socket is made. Its folder is made too, for this user alone. */
  readonly path: string;
  /** The configuration file that the balancer runs, told to those who ask. */
  readonly file?: string;
  /** Further facts of the program, told together with its status. Plain data. */
  readonly about?: () => object;
  /**
   * What the file says now, for the overview to tell what runs otherwise. It is asked with each overview: give the same object
   * while the file is the same. Needs `file`.
   * @default the overview does not tell
   */
  readonly readFile?: ReadFileConfig;
  /**
   * How many access records of each service are kept for those who ask what happened; 500 take some 200 KB. With 0 they are
   * made only while somebody follows them. 0 to 100,000.
   * @default 500
   */
  readonly recentRecords?: number;
  /** Clock, randomness and log. @default the system's */
  readonly runtime?: Runtime;
}

/** Defaults of {@link ControlOptions}. */
export const controlDefaults = { recentRecords: 500 } as const;

/**
 * The control socket of a balancer: HTTP over a Unix socket that only its own user, and root, may open. These
 * two may give every order.
 */
export class ControlServer {
  readonly path: string;
  readonly #server: Server;
  readonly #subject: ControlSubject;
  readonly #runtime: Runtime;
  /** Calls under way. */
  readonly #calls = new Set<AbortController>();

  private constructor(path: string, runtime: Runtime, subject: ControlSubject) {
    this.path = path;
    this.#runtime = runtime;
    this.#subject = subject;
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
    const file = reader.string('file', { default: undefined });
    const about = reader.function('about', { default: nothing }) as () => object;
    const readFile = reader.function('readFile', { default: undefined }) as ReadFileConfig | undefined;
    const recentRecords = reader.integer('recentRecords', {
      min: 0,
      max: 100_000,
      default: controlDefaults.recentRecords,
    });
    const runtime = readRuntime(reader);
    if (readFile !== undefined && file === undefined)
      reader.problem('file', 'the file that `readFile` reads');
    reader.finish();
    const { clock } = runtime;
    const comparison =
      file === undefined || readFile === undefined ? undefined : new FileComparison(balancer, file, readFile);
    const log = new RecentLog(balancer, clock, recentRecords);
    const subject = { balancer, clock, startedAtMs: clock.wallMs(), file, about, comparison, log };
    const control = new ControlServer(path, runtime, subject);
    try {
      await claimPath(control.#server, path);
    } catch (error) {
      log.close();
      throw error;
    }
    return control;
  }

  /** Ends every call under way and removes the socket. The balancer goes on. Idempotent. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const call of this.#calls) call.abort();
    this.#subject.log.close();
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
    const call = new AbortController();
    this.#calls.add(call);
    response.on('close', () => {
      this.#calls.delete(call);
      call.abort();
    });
    // A caller that goes away harms nobody.
    response.on('error', () => undefined);
    try {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://control');
      const route = findRoute(request.method ?? '', pathname);
      const by = describeCaller(request.headers);
      if (route.kind === 'upload') {
        const bytes = await readBody(request, route.maxBytes);
        const answered = await route.take(this.#subject, bytes, { by });
        this.#tellOrder(route, by, undefined);
        answer(response, 200, answered ?? {});
        return;
      }
      const input = await readInput(route, request, searchParams);
      if (route.kind === 'progress')
        await this.#progress(route, input, { by, signal: call.signal }, response);
      else if (route.kind === 'bytes') await sendBytes(route, this.#subject, input, response);
      else {
        const answered = await route.answer(this.#subject, input, { by });
        this.#tellOrder(route, by, input);
        answer(response, 200, answered ?? {});
      }
    } catch (error) {
      const told = this.#tell(error);
      answer(response, statusOf(told), { error: told });
    }
  }

  async #progress(
    route: ProgressRoute<unknown>,
    input: unknown,
    call: ControlCall,
    response: ServerResponse,
  ): Promise<void> {
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson', Connection: 'close' });
    const say = (line: object): boolean => response.write(`${JSON.stringify(line, plainNumbers)}\n`);
    try {
      const run = route.run(this.#subject, input, call);
      const first = run.next();
      // Now the order is given, or the events are heard.
      response.flushHeaders();
      let step = await first;
      this.#tellOrder(route, call.by, input);
      for (; step.done !== true; step = await run.next()) {
        if (!say({ progress: step.value })) await drained(response);
      }
      // Without a result, the caller knows that the order is not at its end.
      if (!call.signal.aborted) say({ result: step.value ?? {} });
    } catch (error) {
      say({ error: this.#tell(error) });
    }
    response.end();
  }

  /** It was carried out, or has begun. */
  #tellOrder(route: Route, by: string, input: unknown): void {
    if (route.method !== 'POST' || route.isQuestion === true) return;
    const order = describeOrder(route.path, by, input);
    this.#subject.log.tellOrder(order);
    this.#runtime.log('info', order.message);
  }

  #tell(error: unknown): ReturnType<typeof describeError> {
    const told = describeError(error);
    if (told.code === 'SLUICE_ERR_INTERNAL') {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#runtime.log('error', `An order over the control socket failed: ${what}`);
    }
    return told;
  }
}

/** A failure in the middle cuts the connection: the reader sees that it has not all. */
async function sendBytes(
  route: BytesRoute<unknown>,
  subject: ControlSubject,
  input: unknown,
  response: ServerResponse,
): Promise<void> {
  let isBegun = false;
  try {
    for await (const chunk of route.send(subject, input)) {
      if (!isBegun) response.writeHead(200, { 'Content-Type': route.contentType, Connection: 'close' });
      isBegun = true;
      if (!response.write(chunk)) await drained(response);
    }
    response.end();
  } catch (error) {
    if (!isBegun) throw error;
    response.destroy();
  }
}

/** Where a writer is ahead of its reader. Also resolves where the reader has gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    if (response.destroyed) go();
    else response.on('drain', go).on('close', go);
  });
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body, plainNumbers)}\n`;
  // A client whose body was not read to its end could not be understood any further.
  response.writeHead(status, {
    ...{ 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) },
    Connection: 'close',
  });
  response.end(text);
}

/** JSON has no Infinity. */
function plainNumbers(_key: string, value: unknown): unknown {
  return value === Infinity ? 'Infinity' : value;
}
