import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../runtime/runtime.ts';
import { describeOrder } from './caller.ts';
import { describeError, readBody, readInput, statusOf, type ControlError } from './control-answer.ts';
import type { BytesRoute, Caller, ControlCall, ControlSubject, ProgressRoute, Route } from './route.ts';

/** Answers calls of routes over HTTP, whatever they came in by. */
export class RouteResponder {
  readonly #subject: ControlSubject;
  readonly #log: Logger;
  /** Calls under way. */
  readonly #calls = new Set<AbortController>();

  constructor(subject: ControlSubject, log: Logger) {
    this.#subject = subject;
    this.#log = log;
  }

  /** Ends every call under way. Orders stand. */
  close(): void {
    for (const call of this.#calls) call.abort();
  }

  /**
   * Reads the input of a route, carries it out, and answers. A caller that goes away harms nobody.
   *
   * @returns what the caller is told in place of an answer; undefined where all went well
   */
  async respond(
    route: Route,
    request: IncomingMessage,
    response: ServerResponse,
    query: URLSearchParams,
    caller: Caller,
  ): Promise<ControlError | undefined> {
    const call = new AbortController();
    this.#calls.add(call);
    response.on('close', () => {
      this.#calls.delete(call);
      call.abort();
    });
    response.on('error', () => undefined);
    try {
      if (route.kind === 'upload') {
        const bytes = await readBody(request, route.maxBytes);
        const answered = await route.take(this.#subject, bytes, caller);
        this.#tellOrder(route, caller, undefined);
        sendJson(response, 200, answered ?? {});
        return undefined;
      }
      const input = await readInput(route, request, query);
      caller.onInput?.(input);
      if (route.kind === 'progress')
        return await this.#progress(route, input, { ...caller, signal: call.signal }, response);
      if (route.kind === 'bytes') {
        await sendBytes(route, this.#subject, input, response);
        return undefined;
      }
      const answered = await route.answer(this.#subject, input, caller);
      this.#tellOrder(route, caller, input);
      sendJson(response, 200, answered ?? {});
      return undefined;
    } catch (error) {
      return this.refuse(request, response, error);
    }
  }

  /**
   * Answers with an error; where an answer has begun, it is cut.
   *
   * @param status of HTTP. @default that of the error's code
   * @returns what the caller is told
   */
  refuse(request: IncomingMessage, response: ServerResponse, error: unknown, status?: number): ControlError {
    const told = this.#tell(error);
    if (response.headersSent) {
      response.destroy();
      return told;
    }
    // What follows a body that was not read to its end could not be understood.
    if (request.method === 'POST' && !request.complete) response.setHeader('Connection', 'close');
    sendJson(response, status ?? statusOf(told), { error: told });
    return told;
  }

  async #progress(
    route: ProgressRoute<unknown>,
    input: unknown,
    call: ControlCall,
    response: ServerResponse,
  ): Promise<ControlError | undefined> {
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson', Connection: 'close' });
    const say = (line: object): boolean => response.write(`${JSON.stringify(line, plainNumbers)}\n`);
    let told: ControlError | undefined = undefined;
    try {
      const run = route.run(this.#subject, input, call);
      const first = run.next();
      // Now the order is given, or the events are heard.
      response.flushHeaders();
      let step = await first;
      this.#tellOrder(route, call, input);
      for (; step.done !== true; step = await run.next()) {
        if (!say({ progress: step.value })) await drained(response);
      }
      // Without a result, the caller knows that the order is not at its end.
      if (!call.signal.aborted) say({ result: step.value ?? {} });
    } catch (error) {
      told = this.#tell(error);
      say({ error: told });
    }
    response.end();
    return told;
  }

  /** It was carried out, or has begun. */
  #tellOrder(route: Route, { by }: Caller, input: unknown): void {
    if (route.method !== 'POST' || route.isQuestion === true) return;
    const order = describeOrder(route.path, by, input);
    this.#subject.log.tellOrder(order);
    this.#log('info', order.message);
  }

  #tell(error: unknown): ControlError {
    const told = describeError(error);
    if (told.code === 'SLUICE_ERR_INTERNAL') {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#log('error', `An order from outside failed: ${what}`);
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

/** Answers with one value as JSON. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body, plainNumbers)}\n`;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** JSON has no Infinity. */
export function plainNumbers(_key: string, value: unknown): unknown {
  return value === Infinity ? 'Infinity' : value;
}
