import type { ServiceEvents } from '../facts/service-events.ts';

/** A logger as pino is one. `console` will do as well. */
export type EventLogger = Readonly<
  Record<'info' | 'warn' | 'error', (details: object, message: string) => void>
>;

type Level = 'info' | 'warn' | 'error';

/** A listener or a balancer. */
export interface EventSource {
  on<Name extends keyof ServiceEvents>(name: Name, handler: (fact: ServiceEvents[Name]) => void): unknown;
  off<Name extends keyof ServiceEvents>(name: Name, handler: (fact: ServiceEvents[Name]) => void): unknown;
}

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
  serverAdded: ({ service, server }) => ['info', `${service}: ${server} was added`],
  serverRemoved: ({ service, server }) => ['info', `${service}: ${server} was removed`],
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

/**
 * Tells a logger of every change of state: listeners, servers, orders and who gave them, workers, and code that threw.
 *
 * @returns what ends it
 */
export function logEvents(source: EventSource, logger: EventLogger): () => void {
  const names = Object.keys(lines) as (keyof ServiceEvents)[];
  const handlers = names.map((name) => {
    const handler = (fact: unknown): void => {
      log(logger, name, fact as never);
    };
    return { name, handler };
  });
  for (const { name, handler } of handlers) source.on(name, handler);
  return () => {
    for (const { name, handler } of handlers) source.off(name, handler);
  };
}

function log(logger: EventLogger, name: keyof ServiceEvents, fact: never): void {
  const [level, message] = lines[name]?.(fact) ?? ['info', name];
  logger[level]({ event: name, ...detailsOf(fact) }, message);
}

/** What a handler or a strategy threw may quote a client, and a drain may have met a thousand of them. */
function detailsOf(fact: object): object {
  const { error, clients, ...details } = fact as Readonly<Record<'error' | 'clients', unknown>>;
  return {
    ...details,
    ...(error === undefined ? {} : { error: error instanceof Error ? error.name : typeof error }),
    ...(Array.isArray(clients) ? { clients: clients.length } : {}),
  };
}
