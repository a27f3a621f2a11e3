import { useEffect } from 'preact/hooks';
import { wordsOf } from '../live/api.ts';
import type { Model } from '../live/model.ts';
import { undoOrder } from '../live/orders.ts';
import { message } from '../text/message.ts';
import { linkTo, readRoute } from './route.ts';

/** Takes back the last order, once. */
export async function undoNote(model: Model): Promise<void> {
  const undo = model.note?.undo;
  if (undo === undefined || !model.isLive) return;
  model.tell(undefined);
  try {
    await undoOrder(model, undo);
  } catch (error) {
    model.tell({ text: message('orderFailed', { message: wordsOf(error) }) });
  }
}

/** Keys that hold everywhere but in fields and dialogs. */
export function useKeys(model: Model, showHelp: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      if (event.key === 'z') void undoNote(model);
      else if (event.key === '?') showHelp();
      else if (event.key === '/') findClient(model);
      else if (event.key === 'Escape') closePanel();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [model, showHelp]);
}

function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest('input, select, textarea, dialog') !== null;
}

/** To the field that explains a client, in the service that is looked at or in the first one. */
function findClient(model: Model): void {
  const { view, name } = readRoute(location.hash);
  const service = view === 'service' ? name : model.site?.services[0]?.name;
  if (service === undefined) return;
  const field = document.querySelector<HTMLElement>('#explained-client');
  if (field !== null) field.focus();
  else location.hash = linkTo('service', service, { find: '1' });
}

function closePanel(): void {
  const { view, name, query } = readRoute(location.hash);
  if (view === 'overview') return;
  location.hash = linkTo('overview');
  const service = query.get('service');
  const place = service === null ? `server ${name ?? ''}` : `cell ${service} ${name ?? ''}`;
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>(`[data-place="${CSS.escape(place)}"]`)?.focus(),
  );
}
