import type { ErrorCode, ErrorSide } from '../base/errors.ts';
import type { CloseReason } from '../facts/service-events.ts';

/** What ended it first, by HAProxy's first letter of a termination state. */
export type EndCause = keyof typeof causeLetters;

/** What it was at then, by HAProxy's second letter. */
export type EndPhase = keyof typeof phaseLetters;

const causeLetters = {
  none: '-',
  client: 'C',
  server: 'S',
  proxy: 'P',
  /** Answered here, without a server. */
  local: 'L',
  resource: 'R',
  internal: 'I',
  serverDown: 'D',
  order: 'K',
  clientTimeout: 'c',
  serverTimeout: 's',
} as const;

const phaseLetters = {
  /** The request, or what is peeked at, is not there yet, or wrong. */
  request: 'R',
  queue: 'Q',
  connect: 'C',
  /** The head of the response. */
  response: 'H',
  data: 'D',
} as const;

/** What is known of the way to a server. */
export interface Way {
  readonly stage: EndPhase;
  readonly waitedMs: number;
  readonly failure: ErrorCode | undefined;
  readonly failureSide: ErrorSide | undefined;
}

const causes: Readonly<Record<Exclude<CloseReason, 'idle'>, EndCause>> = {
  finished: 'none',
  'client-reset': 'client',
  'server-reset': 'server',
  refused: 'server',
  'connect-failed': 'server',
  protocol: 'proxy',
  'server-down': 'serverDown',
  'drain-deadline': 'order',
  stopped: 'order',
  evicted: 'resource',
  internal: 'internal',
};

/** @param idle what it means that nothing moved */
export function causeOf(reason: CloseReason, idle: EndCause): EndCause {
  return reason === 'idle' ? idle : causes[reason];
}

/** Why a client got no server: its time in the queue was up, or the last try says. */
export function causeOfRefusal({ stage, waitedMs, failure, failureSide }: Way): EndCause {
  if (stage === 'queue') return waitedMs > 0 ? 'serverTimeout' : 'server';
  if (failure === 'SLUICE_ERR_CONNECT_TIMEOUT') return 'serverTimeout';
  return failureSide === 'local' ? 'resource' : 'server';
}

/** Both letters; a good end has no phase. Hot path of records. */
export function endingOf(cause: EndCause, phase: EndPhase): string {
  return cause === 'none' ? '--' : causeLetters[cause] + phaseLetters[phase];
}

/** By both pairs of letters. There are a few hundred of them. */
const exchangeEndings = new Map<string, Map<string, string>>();

/** All four letters of an exchange. Hot path: a text that is made once for each ending. */
export function exchangeEndingOf(cause: EndCause, phase: EndPhase, cookieLetters: string): string {
  const ending = endingOf(cause, phase);
  return exchangeEndings.get(ending)?.get(cookieLetters) ?? addExchangeEnding(ending, cookieLetters);
}

function addExchangeEnding(ending: string, cookieLetters: string): string {
  const byCookie = exchangeEndings.get(ending) ?? new Map<string, string>();
  exchangeEndings.set(ending, byCookie);
  byCookie.set(cookieLetters, ending + cookieLetters);
  return ending + cookieLetters;
}

const causeWords: Readonly<Record<EndCause, string>> = {
  none: 'in order',
  client: 'by the client',
  server: 'by the server, or none was available',
  proxy: 'it was not valid',
  local: 'answered here',
  resource: 'no descriptor or port was left',
  internal: 'a fault on this side',
  serverDown: 'its server went down',
  order: 'cut by an order',
  clientTimeout: 'the client was silent for too long',
  serverTimeout: 'the server was silent for too long',
};

const phaseWords: Readonly<Record<EndPhase, string>> = {
  request: 'before its request',
  queue: 'in the queue',
  connect: 'before a server was reached',
  response: 'before the response',
  data: 'while data moved',
};

/** An ending in words: `by the client, while data moved`. */
export function describeEnding(ending: string): string {
  const cause = keyOf(causeLetters, ending.charAt(0));
  const phase = keyOf(phaseLetters, ending.charAt(1));
  const words = cause === undefined ? ending : causeWords[cause];
  return phase === undefined ? words : `${words}, ${phaseWords[phase]}`;
}

function keyOf<Key extends string>(letters: Readonly<Record<Key, string>>, letter: string): Key | undefined {
  return (Object.keys(letters) as Key[]).find((key) => letters[key] === letter);
}
