import type { ServiceEvents } from '../facts/service-events.ts';

/** A listener or a balancer. */
export interface EventSource {
  on<Name extends keyof ServiceEvents>(name: Name, handler: (fact: ServiceEvents[Name]) => void): unknown;
  off<Name extends keyof ServiceEvents>(name: Name, handler: (fact: ServiceEvents[Name]) => void): unknown;
}

type EventName = keyof ServiceEvents;

/** Hears several events with one function, until that is disposed. */
export function hearEvents(
  source: EventSource,
  names: readonly EventName[],
  take: (event: EventName, fact: object) => void,
): Disposable {
  const handlers = names.map((name) => {
    return [name, (fact: object): void => take(name, fact)] as const;
  });
  for (const [name, handler] of handlers) source.on(name, handler);
  return {
    [Symbol.dispose]: () => {
      for (const [name, handler] of handlers) source.off(name, handler);
    },
  };
}
