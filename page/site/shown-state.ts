import { message, type Message } from '../text/message.ts';
import type { Times } from '../text/times.ts';
import type { Remembered } from './memory.ts';
import { probeMessage } from './probe-message.ts';
import type { Cell } from './site.ts';

/** The one word of a server in a service. */
export type ShownState = 'up' | 'down' | 'ejected' | 'unknown' | 'drain' | 'halt';

/** From the one that asks most for a person to the one that asks nothing. */
export const statesByGravity: readonly ShownState[] = ['down', 'unknown', 'ejected', 'drain', 'halt', 'up'];

/** Admin state, health and ejection as one word: an order to halt first, then what nobody ordered, then drain. */
export function shownState({
  adminState,
  health,
  ejected,
}: Pick<Cell, 'adminState' | 'health' | 'ejected'>): ShownState {
  if (adminState === 'halt') return 'halt';
  if (health === 'down') return 'down';
  if (ejected) return 'ejected';
  if (health === 'unknown') return 'unknown';
  return adminState === 'drain' ? 'drain' : 'up';
}

/** Does it take clients that nobody knows yet? */
export function takesNewClients(cell: Pick<Cell, 'adminState' | 'health' | 'ejected'>): boolean {
  return cell.adminState === 'online' && cell.health !== 'down' && !cell.ejected;
}

/** What a time is told with. */
export interface Now {
  readonly atMs: number;
  readonly times: Times;
}

/** The second line of a cell: the fact that lost, and why. Undefined for `up`, whose second line is its rate. */
export function secondLine(cell: Cell, known: Remembered, now: Now): Message | undefined {
  const minute = (atMs: number): string => now.times.minute(atMs, now.atMs);
  switch (shownState(cell)) {
    case 'up':
      return undefined;
    case 'halt':
      return haltedLine(cell);
    case 'down':
      return cell.adminState === 'drain' ? message('andDrainOrdered') : reasonSince(cell, known, minute);
    case 'ejected':
      return withDrain(cell, ejectedLine(known, now));
    case 'unknown': {
      const since = known.healthSinceMs;
      const line =
        since === undefined ? message('notProbedYet') : message('probingSince', { time: minute(since) });
      return cell.adminState === 'drain' ? both(message('drainOrdered'), line) : line;
    }
    case 'drain': {
      if (cell.sessions === 0) return message('empty');
      const of = known.order?.sessions;
      return of === undefined || of < cell.sessions ? message('left') : message('leftOf', { count: of });
    }
  }
}

function haltedLine({ health, ejected }: Cell): Message {
  if (health === 'down') return message('andDown');
  if (health === 'unknown') return message('notProbedYet');
  return message(ejected ? 'wasEjected' : 'upWaits');
}

function reasonSince({ probe }: Cell, known: Remembered, minute: (atMs: number) => string): Message {
  const reason = probeMessage(probe);
  const since = known.healthSinceMs;
  return since === undefined ? reason : message('reasonSince', { reason, time: minute(since) });
}

function ejectedLine({ ejectedUntilMs }: Remembered, { times, atMs }: Now): Message {
  return ejectedUntilMs === undefined
    ? message('failedConnections')
    : message('failedBack', { time: times.second(ejectedUntilMs, atMs) });
}

function withDrain({ adminState }: Cell, line: Message): Message {
  return adminState === 'drain' ? both(line, message('drainOrdered')) : line;
}

function both(first: Message, second: Message): Message {
  return message('and', { first, second });
}
