import { message, type Message } from '../text/message.ts';
import { earliest, leftMessage, orderOf, serverHead, serviceHead } from './heads.ts';
import type { Memory } from './memory.ts';
import { probeMessage } from './probe-message.ts';
import { shownState, statesByGravity, takesNewClients, type Now, type ShownState } from './shown-state.ts';
import type { Cell, Site, SiteServer, SiteService } from './site.ts';

/** One sentence beside the cluster's word: a deviation, or that there is none. */
export interface Fact {
  readonly sign: ShownState;
  readonly text: Message;
  /** The server whose order can be undone with one press, and in which service; undefined service for all. */
  readonly undo?: { readonly server: string; readonly service: string | undefined };
}

/** A sentence for each deviation, the worst first; where there is none, that nobody is needed. */
export function factsOf(site: Site, memory: Memory, now: Now): readonly Fact[] {
  if (site.services.length === 0) return [{ sign: 'unknown', text: message('noServices') }];
  const empty = site.services.flatMap(serviceFact);
  const facts = site.servers.flatMap((server) => serverFacts(server, site, memory, now));
  const sorted = facts.sort((a, b) => gravityOf(a.sign) - gravityOf(b.sign));
  const needsSomebody = facts.some(({ sign }) => sign !== 'drain' && sign !== 'halt') || empty.length > 0;
  return [...empty, ...sorted, ...(needsSomebody ? [] : [wellFact(site, facts.length > 0)])];
}

function gravityOf(state: ShownState): number {
  return statesByGravity.indexOf(state);
}

/** A service that takes nobody is said first: no column tells it. */
function serviceFact(service: SiteService): readonly Fact[] {
  const { name, cells, status } = service;
  if (status === 'stopped') return [{ sign: 'down', text: message('factStopped', { service: name }) }];
  if (serviceHead(service).state !== 'down') return [];
  const servers = cells.map(serverState);
  return [{ sign: 'down', text: message('factNoServer', { service: name, servers }) }];
}

/** `INF_PACS2 down`, for a list. */
export function serverState(cell: Cell): Message {
  return message('serverState', { name: cell.server, state: message(shownState(cell)) });
}

/** What one sentence is about: a server in one state, in one service or in all. */
interface About {
  readonly server: string;
  readonly cells: readonly Cell[];
  /** Undefined where all services agree. */
  readonly service: string | undefined;
  readonly site: Site;
  readonly memory: Memory;
  readonly now: Now;
}

/** One sentence for each state that the server is in: once for all services, or by service. */
function serverFacts(server: SiteServer, site: Site, memory: Memory, now: Now): readonly Fact[] {
  const common = { server: server.name, site, memory, now };
  const head = serverHead(server, memory, now).state;
  const states = new Set(server.cells.map(shownState));
  // A drain that halts what is empty is one order.
  if (head === 'drain') states.delete('halt');
  return [...states].flatMap((state) => {
    if (state === 'up') return [];
    const cells = server.cells.filter((cell) => shownState(cell) === state);
    const areOne = state !== 'ejected' && (cells.length === server.cells.length || head === state);
    return areOne
      ? [factOf(state, { ...common, cells, service: undefined })]
      : cells.map((cell) => factOf(state, { ...common, cells: [cell], service: cell.service }));
  });
}

function factOf(state: Exclude<ShownState, 'up'>, about: About): Fact {
  switch (state) {
    case 'down':
      return { sign: state, text: downFact(about) };
    case 'unknown':
      return { sign: state, text: unknownFact(about) };
    case 'ejected':
      return { sign: state, text: ejectedFact(about) };
    case 'drain':
    case 'halt': {
      const { server, service } = about;
      return { sign: state, text: orderFact(state, about), undo: { server, service } };
    }
  }
}

function downFact({ server, cells, service, site, memory, now }: About): Message {
  const values = {
    ...{ server, services: cells.length, reason: probeMessage(cells[0]?.probe) },
    since: sinceOf(healthSince(cells, memory), now),
    ...othersOf(cells, site),
  };
  return service === undefined ? message('factDown', values) : message('factDownIn', { ...values, service });
}

function unknownFact({ server, cells, service, memory, now }: About): Message {
  const sinceMs = healthSince(cells, memory);
  if (sinceMs !== undefined)
    return message('factProbing', { server, time: now.times.minute(sinceMs, now.atMs) });
  return service === undefined
    ? message('factUnknown', { server })
    : message('factUnknownIn', { server, service });
}

function ejectedFact({ server, cells, service = '', memory, now }: About): Message {
  const untilMs = memory.of(service, server).ejectedUntilMs;
  const until =
    untilMs === undefined ? '' : message('factUntil', { time: now.times.second(untilMs, now.atMs) });
  const probes = cells.every(({ health }) => health === 'up') ? message('probesGood') : '';
  return message('factEjected', { server, service, until, probes });
}

const orderTexts = {
  drain: ['factDrain', 'factDrainIn'],
  halt: ['factHalt', 'factHaltIn'],
} as const;

function orderFact(state: 'drain' | 'halt', { server, cells, service, memory, now }: About): Message {
  const order = orderOf(cells, memory);
  const values = {
    ...{ server, left: leftMessage(cells, memory), since: sinceOf(order?.atMs, now) },
    by: order === undefined ? '' : message('factBy', { by: order.by }),
  };
  const [ofAll, ofOne] = orderTexts[state];
  return service === undefined ? message(ofAll, values) : message(ofOne, { ...values, service });
}

function healthSince(cells: readonly Cell[], memory: Memory): number | undefined {
  return earliest(cells, ({ service, server }) => memory.of(service, server).healthSinceMs);
}

function sinceOf(sinceMs: number | undefined, { times, atMs }: Now): Message | string {
  return sinceMs === undefined ? '' : message('factSince', { time: times.minute(sinceMs, atMs) });
}

function othersOf(cells: readonly Cell[], { services }: Site): { readonly others: Message } {
  const own = new Set(cells.map(({ service }) => service));
  const isServed = services
    .filter(({ name }) => own.has(name))
    .every((each) => each.cells.some(takesNewClients));
  return { others: message(isServed ? 'clientsElsewhere' : 'nobodyElse') };
}

/** Which servers nobody would miss, computed from what takes clients now. */
function wellFact({ services, servers }: Site, hasOrders: boolean): Fact {
  if (hasOrders) return { sign: 'up', text: message('wellOrders') };
  const needed = servers.filter(({ name }) => servicesWithout(services, name).length > 0);
  const counts = { services: services.length, servers: servers.length };
  if (needed.length === 0) return { sign: 'up', text: message('wellAnyOne', counts) };
  const free = servers.filter((server) => !needed.includes(server));
  if (free.length === 0) return { sign: 'up', text: message('wellNone', counts) };
  const values = { ...counts, free: namesOf(free), needed: namesOf(needed) };
  return { sign: 'up', text: message('wellSome', values) };
}

function namesOf(servers: readonly SiteServer[]): string {
  return servers.map(({ name }) => name).join(', ');
}

/** Services that this server serves and that would have no server for new clients without it. */
export function servicesWithout(services: readonly SiteService[], server: string): readonly SiteService[] {
  return services.filter(
    ({ cells }) =>
      cells.some((cell) => cell.server === server) &&
      !cells.some((cell) => cell.server !== server && takesNewClients(cell)),
  );
}
