import type { ServiceSession } from '../../src/balancer/service-sessions.ts';
import type { AdminState } from '../../src/model/server.ts';
import { message, type Message } from '../text/message.ts';
import { formatDuration } from '../text/numbers.ts';
import { serverState, servicesWithout } from './facts.ts';
import { takesNewClients } from './shown-state.ts';
import { sum, type Site, type SiteServer } from './site.ts';

/** One line of what an order will do. */
export interface Consequence {
  /** What stands at the left: a count, a share, or the sign of what is bad. */
  readonly amount: { readonly count: number } | { readonly percent: number } | 'bad';
  /** The part that is bold. */
  readonly strong?: Message;
  readonly text: Message;
}

/** What is known of a server beside the overview: asked when somebody looks. */
export interface ServerUse {
  /** The longest first. */
  readonly sessions: readonly Pick<ServiceSession, 'client' | 'durationMs'>[];
  /** Clients that stick tables send there, as addresses; undefined until they are known. */
  readonly remembered: readonly string[] | undefined;
}

const namedClients = 3;

/** What an order will do, what is bad first. */
export function consequencesOf(
  order: AdminState,
  site: Site,
  server: SiteServer,
  use: ServerUse | undefined,
): readonly Consequence[] {
  const services = server.cells.length;
  const sessions = sum(server.cells, (cell) => cell.sessions);
  if (order === 'online')
    return [
      { amount: { count: services }, text: message('consAll', { services }) },
      { amount: { count: 0 }, text: message('consUntouched') },
    ];
  const bad = withoutServer(site, server);
  const load = loadOf(site, server);
  const longest = longestOf(use);
  if (order === 'halt')
    return [
      ...bad,
      { amount: { count: 0 }, text: message('consNobody') },
      sessions === 0
        ? { amount: { count: 0 }, text: message('consNone') }
        : { amount: { count: sessions }, text: message('consGoOn', { sessions, longest }) },
      ...load,
    ];
  return [
    ...bad,
    { amount: { count: 0 }, text: message('consNoNew', { services }) },
    staying(sessions, use, longest),
    ...(use?.remembered === undefined ? [] : [returning(use.remembered)]),
    ...load,
  ];
}

/** Names of the services that an order would leave without a server for new clients. */
export function servicesLeftWithout(order: AdminState, site: Site, server: SiteServer): readonly string[] {
  if (order === 'online') return [];
  return servicesWithout(site.services, server.name).map(({ name }) => name);
}

function withoutServer({ services }: Site, server: SiteServer): readonly Consequence[] {
  const lost = servicesWithout(services, server.name);
  const [first] = lost;
  if (first === undefined) return [];
  const strong = message('consNoServer', { services: lost.map(({ name }) => name).join(', ') });
  const others = first.cells.filter((cell) => cell.server !== server.name).map(serverState);
  const text =
    others.length === 0 ? message('consNoServerOnly') : message('consNoServerWhy', { servers: others });
  return [{ amount: 'bad', strong, text }];
}

function staying(sessions: number, use: ServerUse | undefined, longest: Message | string): Consequence {
  if (sessions === 0) return { amount: { count: 0 }, text: message('consNone') };
  const clients = new Set(use?.sessions.map(({ client }) => addressOf(client))).size || sessions;
  return { amount: { count: clients }, text: message('consStay', { clients, sessions, longest }) };
}

function longestOf(use: ServerUse | undefined): Message | string {
  const [first] = use?.sessions ?? [];
  if (first === undefined) return '';
  return message('consLongest', {
    client: addressOf(first.client),
    duration: formatDuration(first.durationMs),
  });
}

function returning(remembered: readonly string[]): Consequence {
  const clients = remembered.length;
  if (clients === 0) return { amount: { count: 0 }, text: message('consReturnNone') };
  const named = remembered.slice(0, namedClients).join(', ');
  const names =
    clients <= namedClients
      ? named
      : message('consReturnMore', { names: named, more: clients - namedClients });
  return { amount: { count: clients }, text: message('consReturn', { clients, names }) };
}

/** What the busiest of the other servers would carry, if each took an equal part of what goes. */
function loadOf({ servers }: Site, server: SiteServer): readonly Consequence[] {
  const own = new Set(server.cells.map(({ service }) => service));
  const others = servers
    .filter(({ name }) => name !== server.name)
    .map(({ name, cells }) => ({ name, cells: cells.filter(({ service }) => own.has(service)) }))
    .filter(({ cells }) => cells.some(takesNewClients));
  if (others.length === 0) return [];
  const moved = sum(server.cells, (cell) => cell.sessions) / others.length;
  const loads = others.map(({ name, cells }) => ({
    name,
    sessions: Math.round(sum(cells, (cell) => cell.sessions) + moved),
    limit: sum(cells, (cell) => cell.maxSessions),
  }));
  const [busiest] = loads.sort((a, b) => b.sessions / limitOr(b) - a.sessions / limitOr(a));
  if (busiest === undefined) return [];
  const isAlone = others.length === 1;
  const values = { server: busiest.name, count: others.length };
  if (!Number.isFinite(busiest.limit)) {
    const text = message(isAlone ? 'consLoadAlone' : 'consLoad', values);
    return [{ amount: { count: busiest.sessions }, text }];
  }
  const percent = Math.round((busiest.sessions / busiest.limit) * 100);
  return [{ amount: { percent }, text: message(isAlone ? 'consLoadOfAlone' : 'consLoadOf', values) }];
}

function limitOr({ limit }: { readonly limit: number }): number {
  return Number.isFinite(limit) ? limit : 1e9;
}

/** The address of `192.0.2.7:1234` or `[2001:db8::1]:1234`. */
export function addressOf(endpoint: string): string {
  return endpoint.replace(/:\d+$/u, '').replace(/^\[(.*)\]$/u, '$1');
}
