import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { wordsOf } from '../live/api.ts';
import type { SiteService } from '../site/site.ts';
import { message, type Message } from '../text/message.ts';
import { useModel, useTexts } from './context.ts';
import { Dialog } from './dialog.tsx';

interface TableDialogProps {
  readonly onDone: (text: Message) => void;
  readonly onClose: () => void;
}

/** Sends one client somewhere. */
export function SetDialog({
  service,
  onDone,
  onClose,
}: TableDialogProps & { readonly service: SiteService }): JSX.Element {
  const { api } = useModel();
  const texts = useTexts();
  const [problem, setProblem] = useState<string>();
  const send = async (form: HTMLFormElement): Promise<void> => {
    const data = new FormData(form);
    const [client, server] = [data.get('client') as string, data.get('server') as string];
    try {
      await api.post('/v1/table/set', { service: service.name, client: client.trim(), server });
      onDone(message('entrySet', { client: client.trim(), server }));
    } catch (error) {
      setProblem(wordsOf(error));
    }
  };
  return (
    <Dialog title={texts.say('setTitle')} lead={texts.say('setHint')} isNarrow onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send(event.currentTarget);
        }}
      >
        <div class="pad stack">
          <label class="field">
            <span>{texts.say('explainLabel')}</span>
            <input name="client" required placeholder="192.168.84.44" />
          </label>
          <label class="field">
            <span>{texts.say('server')}</span>
            <select name="server">
              {service.cells.map(({ server }) => (
                <option key={server}>{server}</option>
              ))}
            </select>
          </label>
          <p class="problem small" role="alert">
            {problem}
          </p>
        </div>
        <footer>
          <button class="primary">{texts.say('setDo')}</button>
          <button type="button" onClick={onClose}>
            {texts.say('cancel')}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

/** Forgets what the table was asked for: that cannot be undone. */
export function ClearDialog({
  service,
  client,
  entries,
  onDone,
  onClose,
}: TableDialogProps & {
  readonly service: string;
  readonly client: string;
  readonly entries: number;
}): JSX.Element {
  const { api } = useModel();
  const texts = useTexts();
  const clear = async (): Promise<void> => {
    try {
      const input = client === '' ? { service } : { service, client };
      const { cleared } = (await api.post('/v1/table/clear', input)) as { readonly cleared: number };
      onDone(message('cleared', { cleared }));
    } catch (error) {
      onDone(message('orderFailed', { message: wordsOf(error) }));
    }
  };
  return (
    <Dialog
      title={texts.say('clearTitle', { entries })}
      lead={texts.say('clearText')}
      isNarrow
      onClose={onClose}
    >
      <footer>
        <button class="danger" onClick={() => void clear()}>
          {texts.say('clearDo', { entries })}
        </button>
        <button onClick={onClose}>{texts.say('cancel')}</button>
      </footer>
    </Dialog>
  );
}
