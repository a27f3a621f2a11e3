import type { AdminState } from '../../src/model/server.ts';
import type { Memory } from '../site/memory.ts';
import type { Cell, Site } from '../site/site.ts';
import { message } from '../text/message.ts';
import type { Model } from './model.ts';

/** Whom an order is for: a server, in one service or in all. */
export interface OrderFor {
  readonly server: string;
  readonly service: string | undefined;
}

/** How a drain goes, and what comes then. */
export interface DrainChoice {
  readonly quietForMs: number;
  /** Undefined for no deadline. */
  readonly deadlineMs: number | undefined;
  readonly then: 'drain' | 'halt';
}

/** An order that can be taken back: what each service had before. */
export interface UndoneOrder extends OrderFor {
  readonly before: readonly { readonly service: string; readonly state: AdminState }[];
}

/** Gives an order. @throws ApiError where it is not carried out */
export async function giveOrder(
  model: Model,
  order: AdminState,
  subject: OrderFor,
  choice: DrainChoice | undefined,
): Promise<void> {
  const undo = { ...subject, before: cellsOf(model.site, subject).map(stateBefore) };
  const done = { text: message('ordered', { server: subject.server, order: message(order) }), undo };
  if (order !== 'drain') {
    await model.api.post(`/v1/${order}`, inputOf(subject));
    model.tell(done);
    return;
  }
  await beginDrain(model, subject, choice);
  model.tell(done);
}

/** Puts back what was before the order. */
export async function undoOrder(model: Model, { server, service, before }: UndoneOrder): Promise<void> {
  const [first] = before;
  const isOne = before.every(({ state }) => state === first?.state);
  const parts = isOne && first !== undefined ? [{ state: first.state, service }] : before;
  for (const part of parts) await restore(model, { server, service: part.service }, part.state);
  model.tell({ text: message('undone', { server }) });
}

function restore(model: Model, subject: OrderFor, state: AdminState): Promise<unknown> {
  return state === 'drain'
    ? beginDrain(model, subject, undefined)
    : model.api.post(`/v1/${state}`, inputOf(subject));
}

/** The order before the present one, as the log tells it; online where it does not. */
export function undoneBy(site: Site | undefined, memory: Memory, subject: OrderFor): UndoneOrder {
  const before = cellsOf(site, subject).map(({ service, server, adminState }) => {
    const previous = memory.of(service, server).order?.previous ?? 'online';
    const isUndone = adminState !== 'online' && previous !== adminState;
    return { service, state: isUndone ? previous : ('online' as const) };
  });
  return { ...subject, before };
}

/** What an order concerns. */
export function cellsOf(site: Site | undefined, { server, service }: OrderFor): readonly Cell[] {
  const cells = site?.servers.find(({ name }) => name === server)?.cells ?? [];
  return service === undefined ? cells : cells.filter((cell) => cell.service === service);
}

function stateBefore({ service, adminState }: Cell): UndoneOrder['before'][number] {
  return { service, state: adminState };
}

function inputOf({ server, service }: OrderFor): Readonly<Record<string, string>> {
  return service === undefined ? { server } : { server, service };
}

/**
 * Resolves when the drain has begun, and listens no longer: events tell of its end, and a browser has few connections for one
 * server.
 */
async function beginDrain({ api }: Model, subject: OrderFor, choice: DrainChoice | undefined): Promise<void> {
  const begun = new AbortController();
  const options = choice === undefined ? {} : withoutUndefined(choice);
  const input = { ...inputOf(subject), ...options };
  try {
    await api.follow('POST', '/v1/drain', input, () => begun.abort(), begun.signal);
  } catch (error) {
    if (!begun.signal.aborted) throw error;
  }
}

function withoutUndefined(choice: DrainChoice): object {
  const { deadlineMs, ...rest } = choice;
  return deadlineMs === undefined ? rest : { ...rest, deadlineMs };
}

/** The same order for a terminal. */
export function commandOf(order: AdminState, { server, service }: OrderFor, choice: DrainChoice): string {
  const words = ['sluice', order, server];
  if (service !== undefined) words.push('--service', service);
  if (order === 'drain') {
    if (choice.quietForMs > 0) words.push('--quiet-for', `${choice.quietForMs / 60_000}m`);
    if (choice.deadlineMs !== undefined) words.push('--deadline', `${choice.deadlineMs / 60_000}m`);
    if (choice.then === 'halt') words.push('--then', 'halt');
  }
  return words.join(' ');
}
