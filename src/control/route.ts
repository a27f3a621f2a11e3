import type { Balancer } from '../balancer/balancer.ts';
import type { OptionReader } from '../base/options.ts';
import type { RecentLog } from '../records/recent-log.ts';
import type { Clock } from '../runtime/runtime.ts';
import type { FileComparison } from './file-comparison.ts';

/** The program around a balancer, as far as its answers go. */
export interface ControlSubject {
  readonly balancer: Balancer;
  readonly clock: Clock;
  /** When the program began to serve; wall-clock time, milliseconds since 1970. */
  readonly startedAtMs: number;
  /** The configuration file that the balancer runs; undefined in a program without one. */
  readonly file: string | undefined;
  /** Further facts of the program. */
  readonly about: () => object;
  /** What runs otherwise than the file says; undefined where nobody reads it. */
  readonly comparison: FileComparison | undefined;
  /** What happened lately. */
  readonly log: RecentLog;
}

/** Who calls. */
export interface Caller {
  /** As the caller says, for events and logs: `alice (claimed by sluice drain)`. */
  readonly by: string;
  /** Called with the input of the route, once it is read and before anything happens. */
  readonly onInput?: (input: unknown) => void;
}

/** What a route knows of one call. */
export interface ControlCall extends Caller {
  /** Aborts when the caller is gone. An order stands all the same. */
  readonly signal: AbortSignal;
}

interface CommonRoute {
  /** Exact, without a query: `/v1/overview`. */
  readonly path: string;
  /** `GET` changes nothing, and has its input in the query. `POST` has it as JSON in its body. */
  readonly method: 'GET' | 'POST';
  /** One sentence, for lists of routes. */
  readonly summary: string;
  /** Whether it is a `POST` that changes nothing, and so no order. @default false */
  readonly isQuestion?: true;
}

/** A route that answers with one value, as JSON. */
export interface AnswerRoute<Input> extends CommonRoute {
  readonly kind: 'answer';
  readonly read: (reader: OptionReader) => Input;
  readonly answer: (subject: ControlSubject, input: Input, caller: Caller) => unknown;
}

/**
 * A route that answers in lines of JSON: any number of `{ "progress": … }`, and at the end one `{ "result": … }` or
 * `{ "error": … }`.
 */
export interface ProgressRoute<Input> extends CommonRoute {
  readonly kind: 'progress';
  readonly read: (reader: OptionReader) => Input;
  readonly run: (
    subject: ControlSubject,
    input: Input,
    call: ControlCall,
  ) => AsyncGenerator<unknown, unknown, undefined>;
}

/** A route that answers with bytes, which are no JSON. */
export interface BytesRoute<Input> extends CommonRoute {
  readonly kind: 'bytes';
  readonly contentType: string;
  readonly read: (reader: OptionReader) => Input;
  readonly send: (subject: ControlSubject, input: Input) => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** A route that takes bytes, which are no JSON, and answers with one value. */
export interface UploadRoute extends CommonRoute {
  readonly kind: 'upload';
  /** What may come at most. */
  readonly maxBytes: number;
  readonly take: (subject: ControlSubject, bytes: Buffer, caller: Caller) => unknown;
}

/** One entry of the closed table of routes. Its input is read before anything happens. */
export type Route = AnswerRoute<unknown> | ProgressRoute<unknown> | BytesRoute<unknown> | UploadRoute;

/** Keeps the type of a route's input between its reader and its answer. */
export function answerRoute<Input>(route: Omit<AnswerRoute<Input>, 'kind'>): Route {
  return { kind: 'answer', ...route } as Route;
}

/** As {@link answerRoute}. */
export function bytesRoute<Input>(route: Omit<BytesRoute<Input>, 'kind'>): Route {
  return { kind: 'bytes', ...route } as Route;
}

export function uploadRoute(route: Omit<UploadRoute, 'kind'>): Route {
  return { kind: 'upload', ...route };
}

/** As {@link answerRoute}. */
export function progressRoute<Input>(route: Omit<ProgressRoute<Input>, 'kind'>): Route {
  return { kind: 'progress', ...route } as Route;
}
