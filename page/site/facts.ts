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

/** One sentence for each state that the server is in: once for all services, or by service. */
function serverFacts(server: SiteServer, site: Site, memory: Memory, now: Now): readonly Fact[] {
  const head = serverHead(server, memory, now).state;
  const states = [...new Set(server.cells.map(shownState))].filter(
    // A drain that halts what is empty is one order.
    (state) => state !== 'up' && (state !== 'halt' || head !== 'drain'),
  );
  return states.flatMap((state) => {
    const cells = server.cells.filter((cell) => shownState(cell) === state);
    if (state !== 'ejected' && (cells.length === server.cells.length || head === state))
      return [factFor(state, server.name, cells, undefined, site, memory, now)];
    return cells.map((cell) => factFor(state, server.name, [cell], cell.service, site, memory, now));
  });
}

function factFor(
  state: ShownState,
  server: string,
  cells: readonly Cell[],
  service: string | undefined,
  site: Site,
  memory: Memory,
  now: Now,
): Fact {
  const minute = (atMs: number): string => now.times.minute(atMs, now.atMs);
  const inOne = service === undefined ? {} : { service };
  const order = orderOf(cells, memory);
  const by = order === undefined ? '' : message('factBy', { by: order.by });
  const since = order === undefined ? '' : message('factSince', { time: minute(order.atMs) });
  switch (state) {
    case 'down': {
      const values = { server, ...inOne, ...downValues(cells, memory, minute), ...othersOf(cells, site) };
      return { sign: state, text: message(service === undefined ? 'factDown' : 'factDownIn', values) };
    }
    case 'unknown': {
      const time = earliest(cells, (cell) => memory.of(cell.service, server).healthSinceMs);
      if (time !== undefined)
        return { sign: state, text: message('factProbing', { server, time: minute(time) }) };
      return {
        sign: state,
        text: message(service === undefined ? 'factUnknown' : 'factUnknownIn', { server, ...inOne }),
      };
    }
    case 'ejected': {
      const untilMs = memory.of(service ?? '', server).ejectedUntilMs;
      const until =
        untilMs === undefined ? '' : message('factUntil', { time: now.times.second(untilMs, now.atMs) });
      const probes = cells.every(({ health }) => health === 'up') ? message('probesGood') : '';
      return { sign: state, text: message('factEjected', { server, ...inOne, until, probes }) };
    }
    case 'drain': {
      const text = service === undefined ? 'factDrain' : 'factDrainIn';
      const values = { server, ...inOne, by, since, left: leftMessage(cells, memory) };
      return { sign: state, text: message(text, values), undo: { server, service } };
    }
    case 'halt':
    case 'up': {
      const text = service === undefined ? 'factHalt' : 'factHaltIn';
      return { sign: state, text: message(text, { server, ...inOne, by, since }), undo: { server, service } };
    }
  }
}

function downValues(
  cells: readonly Cell[],
  memory: Memory,
  minute: (atMs: number) => string,
): Readonly<Record<string, Message | string | number>> {
  const time = earliest(cells, ({ service, server }) => memory.of(service, server).healthSinceMs);
  return {
    reason: probeMessage(cells[0]?.probe),
    services: cells.length,
    since: time === undefined ? '' : message('factSince', { time: minute(time) }),
  };
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
