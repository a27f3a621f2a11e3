import { message, type Message } from '../text/message.ts';
import type { Memory } from './memory.ts';
import { probeMessage } from './probe-message.ts';
import { shownState, takesNewClients, type Now, type ShownState } from './shown-state.ts';
import { sum, type Cell, type Site, type SiteServer, type SiteService } from './site.ts';

/** The word of a server over all its services, of a service, or of the cluster. */
export type HeadState = ShownState | 'degraded';

/** The head of a column. */
export interface ServerHead {
  readonly state: HeadState;
  readonly why: Message;
}

/** The head of a row. */
export interface ServiceHead {
  readonly state: 'up' | 'degraded' | 'down' | 'unknown';
  /** Servers that take new clients. */
  readonly up: number;
  readonly all: number;
}

/** A server's word where all its services agree, else `degraded` with the exception named. */
export function serverHead({ name, cells }: SiteServer, memory: Memory, now: Now): ServerHead {
  const states = new Set(cells.map(shownState));
  const [only = 'unknown'] = states;
  // A drain halts services one by one, as they are empty.
  const isDrain = states.has('drain') && [...states].every((each) => each === 'drain' || each === 'halt');
  const state = states.size === 1 ? only : isDrain ? 'drain' : 'degraded';
  return { state, why: whyOf(state, name, cells, memory, now) };
}

function whyOf(state: HeadState, name: string, cells: readonly Cell[], memory: Memory, now: Now): Message {
  const sessions = sum(cells, (cell) => cell.sessions);
  switch (state) {
    case 'up':
      return message('sessionsOnServices', { sessions, services: cells.length });
    case 'down':
      return reasonOf(name, cells, memory, now);
    case 'unknown': {
      const since = earliest(cells, (cell) => memory.of(cell.service, name).healthSinceMs);
      return since === undefined
        ? message('notProbedYet')
        : message('probingSince', { time: now.times.minute(since, now.atMs) });
    }
    case 'drain':
      return leftMessage(
        cells.filter(({ adminState }) => adminState === 'drain'),
        memory,
      );
    case 'halt': {
      const order = orderOf(cells, memory);
      if (order === undefined) return message('takesNobody');
      return message('orderedSince', { by: order.by, time: now.times.minute(order.atMs, now.atMs) });
    }
    case 'ejected':
      return message('ejectedFrom', { services: serviceNames(cells) });
    case 'degraded':
      return exceptionOf(cells);
  }
}

/** The worst exception, if it is short enough to be named. */
function exceptionOf(cells: readonly Cell[]): Message {
  const ejected = cells.filter((cell) => shownState(cell) === 'ejected');
  const odd = cells.filter((cell) => shownState(cell) !== 'up');
  if (ejected.length > 0 && ejected.length === odd.length && odd.length <= 2)
    return message('ejectedFrom', { services: serviceNames(ejected) });
  if (odd.length <= 2) return message('notUpIn', { services: serviceNames(odd) });
  return message('upOnSome', { up: cells.length - odd.length, services: cells.length });
}

function serviceNames(cells: readonly Cell[]): string {
  return cells.map(({ service }) => service).join(', ');
}

/** Why a server is down, and since when. */
export function reasonOf(name: string, cells: readonly Cell[], memory: Memory, now: Now): Message {
  const reason = probeMessage(cells[0]?.probe);
  const since = earliest(cells, ({ service }) => memory.of(service, name).healthSinceMs);
  return since === undefined
    ? reason
    : message('reasonSince', { reason, time: now.times.minute(since, now.atMs) });
}

/** How many sessions a drain has left, and of how many where that is known. */
export function leftMessage(cells: readonly Cell[], memory: Memory): Message {
  const sessions = sum(cells, (cell) => cell.sessions);
  const before = sessionsBefore(cells, memory);
  return before === undefined || before < sessions
    ? message('sessionsLeft', { sessions })
    : message('sessionsLeftOf', { sessions, count: before });
}

/** Sessions when the order was given; undefined where the page was not there. */
export function sessionsBefore(cells: readonly Cell[], memory: Memory): number | undefined {
  const counts = cells.map(({ service, server }) => memory.of(service, server).order?.sessions);
  return counts.reduce((total: number | undefined, each) => {
    return total === undefined || each === undefined ? undefined : total + each;
  }, 0);
}

/** The latest order for one of the cells. */
export function orderOf(
  cells: readonly Cell[],
  memory: Memory,
): { readonly by: string; readonly atMs: number } | undefined {
  const orders = cells.flatMap(({ service, server }) => memory.of(service, server).order ?? []);
  return orders.sort((a, b) => b.atMs - a.atMs)[0];
}

export function earliest<T>(items: readonly T[], time: (item: T) => number | undefined): number | undefined {
  const known = items.flatMap((item) => time(item) ?? []);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** How many servers take new clients, against how many are ordered online and are no reserve. */
export function serviceHead({ cells, status }: SiteService): ServiceHead {
  const taking = cells.filter(takesNewClients);
  const up = taking.length;
  const ordered = cells.filter(({ adminState }) => adminState === 'online').length;
  const counts = { up, all: cells.length };
  if (up === 0 || status === 'stopped') return { state: 'down', ...counts };
  if (taking.every(({ health }) => health === 'unknown')) return { state: 'unknown', ...counts };
  return { state: up < ordered ? 'degraded' : 'up', ...counts };
}

/** The cluster as one word. */
export function clusterState({ services }: Pick<Site, 'services'>): ServiceHead['state'] {
  const states = services.map((service) => serviceHead(service).state);
  const worst = (['down', 'unknown', 'degraded'] as const).find((state) => states.includes(state));
  return worst ?? (services.length === 0 ? 'unknown' : 'up');
}

/** Since when the cluster's word holds, as far as the log tells. */
export function clusterSince(site: Site, memory: Memory): number | undefined {
  const state = clusterState(site);
  const cells = site.services.flatMap((service) => service.cells);
  const since = ({ service, server }: Cell): number | undefined => {
    const { healthSinceMs, ejectedSinceMs, order } = memory.of(service, server);
    const times = [healthSinceMs, ejectedSinceMs, order?.atMs].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.max(...times);
  };
  const odd = cells.filter((cell) => ['down', 'ejected', 'unknown'].includes(shownState(cell)));
  if (state !== 'up') return earliest(odd, since);
  const known = cells.flatMap((cell) => since(cell) ?? []);
  return known.length === 0 ? undefined : Math.max(...known);
}
