import { errorCatalogue } from '../base/errors.ts';
import type { ServiceEvents } from '../facts/service-events.ts';
import { hearEvents, type EventSource } from './hear-events.ts';

/** A logger as pino is one. `console` will do as well. */
export type EventLogger = Readonly<
  Record<'info' | 'warn' | 'error', (details: object, message: string) => void>
>;

type Level = 'info' | 'warn' | 'error';

type Line<Name extends keyof ServiceEvents> = (fact: ServiceEvents[Name]) => readonly [Level, string];

/** What people are told of; sessions, picks and probes have logs of their own, or none. */
const lines: { readonly [Name in keyof ServiceEvents]?: Line<Name> } = {
  listenerStarted: ({ service, protocol, host, port }) => [
    'info',
    `${service}: ${protocol} on ${host}:${port}`,
  ],
  listenerStopped: ({ service, protocol, aborted }) => [
    'info',
    `${service}: ${protocol} stopped, ${aborted} cut`,
  ],
  serverHealthChanged: ({ service, server, previous, current, reason }) => [
    current === 'down' ? 'error' : 'info',
    `${service}: ${server} was ${previous}, is ${current}: ${reason}`,
  ],
  serverEjected: ({ service, server, forMs }) => ['warn', `${service}: ${server} is out for ${forMs} ms`],
  serverReadmitted: ({ service, server }) => ['info', `${service}: ${server} is back in`],
  serverAdminStateChanged: ({ service, server, previous, current, by }) => [
    'info',
    `${service}: ${server} was ${previous}, is ${current}, by ${by}`,
  ],
  serverWeightChanged: ({ service, server, previous, current, by }) => [
    'info',
    `${service}: ${server} had weight ${previous}, has ${current}, by ${by}`,
  ],
  serverAdded: ({ service, server, by }) => ['info', `${service}: ${server} was added, by ${by}`],
  serverRemoved: ({ service, server, by }) => ['info', `${service}: ${server} was removed, by ${by}`],
  drainFinished: ({ service, server, reason, aborted }) => [
    'info',
    `${service}: ${server} is drained (${reason}), ${aborted} cut`,
  ],
  extensionFailed: ({ service, extension, call, count }) => [
    'error',
    `${service}: ${extension} threw in ${call}, ${count} times`,
  ],
  workerFailed: ({ worker, reason, sessionsLost }) => [
    'error',
    `worker ${worker} died with ${sessionsLost} sessions: ${reason}`,
  ],
  workerReplaced: ({ worker }) => ['info', `worker ${worker} serves again`],
  handlerFailed: ({ event }) => ['error', `a handler of ${event} failed`],
};

/** The events that people are told of: changes of state. */
export const stateEventNames = Object.keys(lines) as readonly (keyof ServiceEvents)[];

/** An event in words, and its details. */
export interface DescribedEvent {
  readonly level: Level;
  readonly message: string;
  readonly details: object;
}

/** What may be told of an event: it quotes no client, and lists none. */
export function describeEvent(event: keyof ServiceEvents, fact: object): DescribedEvent {
  const [level, message] = lines[event]?.(fact as never) ?? ['info', event];
  return { level, message, details: detailsOf(fact) };
}

/**
 * Tells a logger of every change of state: listeners, servers, orders and who gave them, workers, and code that threw.
 *
 * @returns what ends it
 */
export function logEvents(source: EventSource, logger: EventLogger): () => void {
  const heard = hearEvents(source, stateEventNames, (event, fact) => {
    const { level, message, details } = describeEvent(event, fact);
    logger[level]({ event, ...details }, message);
  });
  return () => heard[Symbol.dispose]();
}

/** What a handler or a strategy threw may quote a client, and a drain may have met a thousand of them. */
function detailsOf(fact: object): object {
  const { error, clients, ...details } = fact as Readonly<Record<'error' | 'clients', unknown>>;
  return {
    ...details,
    ...(error === undefined ? {} : { error: nameOf(error) }),
    ...(Array.isArray(clients) ? { clients: clients.length } : {}),
  };
}

function nameOf(error: unknown): string {
  if (error instanceof Error) return error.name;
  return typeof error === 'string' && Object.hasOwn(errorCatalogue, error) ? error : typeof error;
}
