import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { RestoreReport } from '../../src/snapshot/restore-snapshot.ts';
import { wordsOf } from '../live/api.ts';
import { message } from '../text/message.ts';
import { useModel, useTexts } from './context.ts';
import { Dialog } from './dialog.tsx';

/** A backup replaces what runs: that is said before. */
export function RestoreDialog({
  file,
  onDone,
  onClose,
}: {
  readonly file: File;
  readonly onDone: () => void;
  readonly onClose: () => void;
}): JSX.Element {
  const model = useModel();
  const texts = useTexts();
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const restore = async (): Promise<void> => {
    setBusy(true);
    try {
      const { entries, orders } = (await model.api.upload('/v1/restore', file)) as RestoreReport;
      model.tell({
        text: message('restored', { entries: entries.restored, orders: orders.restored }),
      });
      onDone();
      onClose();
    } catch (error) {
      setProblem(wordsOf(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={texts.say('restoreTitle', { file: file.name })}
      lead={texts.say('restoreText')}
      isNarrow
      onClose={onClose}
    >
      <p class="pad problem small" role="alert">
        {problem !== undefined && texts.say('orderFailed', { message: problem })}
      </p>
      <footer>
        <button class="danger" disabled={isBusy || !model.isLive} onClick={() => void restore()}>
          {texts.say('restoreDo', { file: file.name })}
        </button>
        <button onClick={onClose}>{texts.say('cancel')}</button>
      </footer>
    </Dialog>
  );
}
