import type { Balancer } from '../../balancer/balancer.ts';
import { SluiceError } from '../../base/errors.ts';
import type { OptionReader } from '../../base/options.ts';
import { serviceEventNames } from '../../facts/service-events.ts';
import { stateEventNames } from '../../records/event-log.ts';
import { hearEvents } from '../../records/hear-events.ts';
import {
  isAbout,
  isWanted,
  type LogEntry,
  type LogFilter,
  type LogSubject,
} from '../../records/log-entry.ts';
import { eventEntry } from '../../records/recent-log.ts';
import { BoundedFeed } from '../bounded-feed.ts';
import { progressRoute, type Route } from '../route.ts';
import { readClients } from './answers.ts';

/** Events that change no state: sessions, picks, probes. */
const detailNames = serviceEventNames.filter((name) => !stateEventNames.includes(name));

const yesOrNo = ['true', 'false'] as const;

/** Routes that tell what happened, and what happens. */
export const logRoutes: readonly Route[] = [
  progressRoute({
    path: '/v1/log',
    method: 'GET',
    summary: 'Changes of state, orders and access records: the last ones, and those to come.',
    read: (reader) => ({
      filter: {
        about: reader.oneOf('about', ['access', 'state', 'all'], { default: 'all' as const }),
        ...readAbout(reader),
      },
      follow: reader.oneOf('follow', yesOrNo, { default: 'false' }) === 'true',
      detail: reader.oneOf('detail', yesOrNo, { default: 'false' }) === 'true',
    }),
    async *run({ balancer, clock, log }, { filter, follow, detail }, { signal }) {
      checkService(balancer, filter.service);
      const feed = new BoundedFeed<LogEntry>(signal);
      const offer = (entry: LogEntry): void => {
        if (isWanted(filter, entry)) feed.offer(entry);
      };
      // What is kept is read in the same turn as what follows is heard: nothing is missed, and nothing told twice.
      using _log = follow ? log.follow(filter, offer) : undefined;
      using _details = detail
        ? hearEvents(balancer, detailNames, (event, fact) => offer(eventEntry(event, fact, clock)))
        : undefined;
      yield* log.recent(filter);
      if (follow) yield* feed;
      return undefined;
    },
  }),
  progressRoute({
    path: '/v1/events',
    method: 'GET',
    summary: 'Every event from now on, or those of one service or client.',
    read: readAbout,
    async *run({ balancer }, filter, { signal }) {
      checkService(balancer, filter.service);
      const feed = new BoundedFeed<object>(signal);
      using _events = hearEvents(balancer, serviceEventNames, (event, fact) => {
        const entry: LogSubject & { readonly event: string } = { event, ...fact };
        if (isAbout(filter, entry)) feed.offer(entry);
      });
      yield* feed;
      return undefined;
    },
  }),
];

function readAbout(reader: OptionReader): Pick<LogFilter, 'service' | 'client'> {
  return { service: reader.string('service', { default: undefined }), client: readClients(reader) };
}

/** A service that is not there would be waited for in silence. */
function checkService(balancer: Balancer, service: string | undefined): void {
  const known = balancer.overview().services.map(({ name }) => name);
  if (service === undefined || known.includes(service)) return;
  throw new SluiceError(
    'SLUICE_ERR_NOT_FOUND',
    `No service '${service}'; known services: ${known.join(', ')}`,
  );
}
