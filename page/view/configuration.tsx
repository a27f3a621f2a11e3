import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { message } from '../text/message.ts';
import { useAsked } from './asked.ts';
import { useModel, useTexts } from './context.ts';
import { Plan } from './plan.tsx';
import { RestoreDialog } from './restore.tsx';

/** What runs, as text: edit it, see what would change, apply it; back up and restore. */
export function ConfigurationView(): JSX.Element {
  const model = useModel();
  const texts = useTexts();
  if (!model.may('admin'))
    return (
      <section class="card pad">
        <h1>{texts.say('configuration')}</h1>
        <p class="quiet">{texts.say('needsAdmin', { role: model.session?.role ?? '' })}</p>
      </section>
    );
  return <Editor />;
}

function Editor(): JSX.Element {
  const model = useModel();
  const texts = useTexts();
  const running = useAsked('', async () => JSON.stringify(await model.api.get('/v1/configuration'), null, 2));
  const [text, setText] = useState<string>();
  const [backup, setBackup] = useState<File>();
  const shown = text ?? running.value ?? '';
  return (
    <>
      <div class="page-head">
        <div>
          <h1>{texts.say('configuration')}</h1>
          <p class="quiet small">{texts.say('configLead')}</p>
        </div>
        <div class="end buttons">
          <a class="button" href="./v1/backup" download="sluice-backup.bin">
            {texts.say('backUp')}
          </a>
          <label class="button">
            {texts.say('restoreEllipsis')}
            <input
              class="unseen"
              type="file"
              aria-label={texts.say('restoreChoose')}
              onChange={(event) => {
                setBackup(event.currentTarget.files?.[0]);
                event.currentTarget.value = '';
              }}
            />
          </label>
          <a class="button" href="./v1/support" download="sluice-support.tar.gz">
            {texts.say('supportBundle')}
          </a>
        </div>
      </div>
      <div class="columns">
        <section class="card editor">
          <header class="card-head">
            <h2>{texts.say('configEdit')}</h2>
          </header>
          <textarea
            aria-label={texts.say('configEditor')}
            spellcheck={false}
            value={shown}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          {running.problem !== undefined && (
            <p class="pad problem">{texts.say('failed', { message: running.problem })}</p>
          )}
        </section>
        <Plan
          running={running.value ?? ''}
          text={shown}
          onDiscard={() => setText(undefined)}
          onApplied={(count) => {
            setText(undefined);
            running.again();
            model.tell({ text: message('applied', { count }) });
          }}
        />
      </div>
      {backup !== undefined && (
        <RestoreDialog file={backup} onClose={() => setBackup(undefined)} onDone={running.again} />
      )}
    </>
  );
}
