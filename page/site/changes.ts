import type { EventEntry, LogEntry, OrderEntry } from '../../src/records/log-entry.ts';
import type { TextKey } from '../text/english.ts';
import { message, type Message, type MessageValue } from '../text/message.ts';
import { namedBy } from './memory.ts';
import { probeMessage } from './probe-message.ts';
import type { ShownState } from './shown-state.ts';

/** A dot for what changes no state of a server. */
export type ChangeSign = ShownState | 'note';

/** One thing that changed, said once for all services where it happened. */
export interface Change {
  readonly atMs: number;
  readonly sign: ChangeSign;
  /** Who: a person, a check, or the balancer. A text for a person's name. */
  readonly by: Message | string;
  readonly text: Message;
}

/** Entries of one cause come that close together. */
const sameCauseMs = 5_000;

/** How a kind of event reads, without where. */
interface Reading {
  readonly sign: ChangeSign;
  readonly by: Message | string;
  readonly text: Message['key'];
  readonly values?: Readonly<Record<string, MessageValue>>;
}

/**
 * The latest changes, newest first. What happens to a server on several services at once is one change.
 *
 * @param entries oldest first
 */
export function changesOf(entries: readonly LogEntry[], maxChanges: number): readonly Change[] {
  const changes: Change[] = [];
  const used = new Set<LogEntry>();
  for (const entry of entries.toReversed()) {
    if (changes.length >= maxChanges) break;
    if (entry.kind === 'access' || used.has(entry)) continue;
    if (entry.kind === 'order') {
      const change = orderChange(entry);
      if (change !== undefined) changes.push(change);
      continue;
    }
    const group = entries.filter((other) => !used.has(other) && haveOneCause(entry, other));
    for (const other of group) used.add(other);
    const change = eventChange(entry, group as readonly EventEntry[]);
    if (change !== undefined) changes.push(change);
  }
  return changes;
}

function haveOneCause(entry: EventEntry, other: LogEntry): boolean {
  if (other === entry) return true;
  return (
    other.kind === 'event' &&
    entry['server'] !== undefined &&
    other.event === entry.event &&
    other['server'] === entry['server'] &&
    other['current'] === entry['current'] &&
    Math.abs(other.atMs - entry.atMs) <= sameCauseMs
  );
}

/** Orders that show as events of the servers they are for. */
const ordersWithEvents = ['drain', 'halt', 'online', 'weight', 'servers/add', 'servers/remove'];

function orderChange(entry: OrderEntry): Change | undefined {
  const { order, by, atMs } = entry;
  if (ordersWithEvents.includes(order)) return undefined;
  return { atMs, sign: 'note', by: namedBy(by), text: orderText(entry) };
}

const orderTexts: Readonly<Record<string, TextKey>> = {
  apply: 'changeApplied',
  duplicate: 'changeDuplicated',
  restore: 'changeRestored',
  'table/set': 'changeTableSet',
  'table/clear': 'changeTableCleared',
};

/** An order in words; one that the page does not know, by its name. */
export function orderText({ order, service = '', server }: OrderEntry): Message {
  const known = Object.hasOwn(orderTexts, order) ? orderTexts[order] : undefined;
  if (known !== undefined) return message(known, { service });
  const words = [order, service, server].filter((word) => word !== undefined && word !== '');
  return message('changeOrder', { order: words.join(' ') });
}

function eventChange(entry: EventEntry, group: readonly EventEntry[]): Change | undefined {
  const reading = readingOf(entry);
  if (reading === undefined) return undefined;
  const { sign, by, text, values = {} } = reading;
  const services = [...new Set(group.map(({ service }) => service))];
  const where =
    services.length === 1
      ? message('onService', { service: services[0] ?? '' })
      : message('onServices', { services: services.length });
  const server = textOf(entry['server']);
  return { atMs: entry.atMs, sign, by, text: message(text, { server, where, ...values }) };
}

function readingOf(entry: EventEntry): Reading | undefined {
  switch (entry.event) {
    case 'serverHealthChanged':
      return healthReading(entry);
    case 'serverEjected':
      return {
        ...{ sign: 'ejected', by: message('byPassive'), text: 'changeEjected' },
        values: { duration: `${Math.round(Number(entry['forMs']) / 1000)} s` },
      };
    case 'serverReadmitted':
      return { sign: 'up', by: message('byPassive'), text: 'changeReadmitted' };
    case 'serverAdminStateChanged':
      return adminReading(entry);
    case 'serverWeightChanged':
      return {
        ...{ sign: 'note', by: namedBy(entry['by']), text: 'changeWeight' },
        values: { weight: textOf(entry['current']), previous: textOf(entry['previous']) },
      };
    case 'serverAdded':
      return { sign: 'note', by: message('byBalancer'), text: 'changeAdded' };
    case 'serverRemoved':
      return { sign: 'note', by: message('byBalancer'), text: 'changeRemoved' };
    case 'drainFinished':
      return { sign: 'drain', by: message('byBalancer'), text: 'changeDrained', values: outcomeOf(entry) };
    case 'listenerStarted':
    case 'listenerStopped': {
      const text = entry.event === 'listenerStarted' ? 'changeListens' : 'changeStopped';
      const values = { service: entry.service ?? '', port: textOf(entry['port']) };
      return { sign: 'note', by: message('byBalancer'), text, values };
    }
    default:
      return {
        ...{ sign: 'note', by: message('byBalancer'), text: 'changeOther' },
        values: { text: entry.message },
      };
  }
}

function healthReading(entry: EventEntry): Reading | undefined {
  const by = message('byHealthCheck');
  if (entry['current'] === 'up') return { sign: 'up', by, text: 'changeUp' };
  if (entry['current'] !== 'down') return undefined;
  return { sign: 'down', by, text: 'changeDown', values: { reason: reasonOf(textOf(entry['reason'])) } };
}

/** The event has the probe's sentence and not its code. */
function reasonOf(reason: string): Message {
  const code = /refused|nothing listens/iu.test(reason)
    ? 'refused'
    : /in time|timed out/u.test(reason)
      ? 'timeout'
      : '';
  const status = /answered with status (\d{3}), which/u.exec(reason)?.[1];
  return probeMessage({
    ...{ ok: false, reason, tookMs: 0, atMs: 0 },
    code: status === undefined ? code : `status-${status}`,
  });
}

const adminTexts = { drain: 'changeDrain', halt: 'changeHalt', online: 'changeOnline' } as const;

function adminReading(entry: EventEntry): Reading {
  const current = entry['current'] as keyof typeof adminTexts;
  const sign = current === 'online' ? 'up' : current;
  return { sign, by: namedBy(entry['by']), text: adminTexts[current] };
}

function outcomeOf(entry: EventEntry): Readonly<Record<string, MessageValue>> {
  const aborted = Number(entry['aborted'] ?? 0);
  return { outcome: aborted === 0 ? message('outcomeEmpty') : message('outcomeCut', { aborted }) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
