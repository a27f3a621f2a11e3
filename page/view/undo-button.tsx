import type { JSX } from 'preact';
import { wordsOf } from '../live/api.ts';
import { undoneBy, undoOrder, type OrderFor } from '../live/orders.ts';
import type { TextKey } from '../text/english.ts';
import { message } from '../text/message.ts';
import { useModel, useTexts } from './context.ts';

/** Takes back the order that stands for a server. */
export function UndoButton({
  subject,
  text = 'undo',
}: {
  readonly subject: OrderFor;
  readonly text?: TextKey;
}): JSX.Element | null {
  const model = useModel();
  const texts = useTexts();
  if (!model.may('operator')) return null;
  const undo = async (): Promise<void> => {
    try {
      await undoOrder(model, undoneBy(model.site, model.memory, subject));
    } catch (error) {
      model.tell({ text: message('orderFailed', { message: wordsOf(error) }) });
    }
  };
  return (
    <button
      class="small undo"
      disabled={!model.isLive}
      aria-label={`${texts.say(text)}: ${subject.server}`}
      onClick={() => void undo()}
    >
      {texts.say(text)}
    </button>
  );
}
