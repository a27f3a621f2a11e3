import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ConfigChange } from '../../src/config/describe-changes.ts';
import type { ConfigCheck } from '../../src/control/routes/checks.ts';
import { ApiError, wordsOf, type Problem } from '../live/api.ts';
import { diffLines, type DiffLine } from '../site/line-diff.ts';
import { message, type Message } from '../text/message.ts';
import { useAsked } from './asked.ts';
import { useModel, useTexts } from './context.ts';
import { FindingCard } from './duplicate.tsx';
import { RestoreDialog } from './restore.tsx';

/** While somebody types, nobody is asked. */
const typingMs = 400;

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
      {backup !== undefined && <RestoreDialog file={backup} onClose={() => setBackup(undefined)} onDone={running.again} />}
    </>
  );
}

/** What comes of a text. */
interface Planned {
  readonly text: string;
  readonly changes: readonly ConfigChange[];
  readonly problems: readonly Problem[];
  readonly findings: ConfigCheck['findings'];
  /** Why nobody can tell. */
  readonly failure: Message | undefined;
}

const nothing: Planned = { text: '', changes: [], problems: [], findings: [], failure: undefined };

function Plan({
  running,
  text,
  onDiscard,
  onApplied,
}: {
  readonly running: string;
  readonly text: string;
  readonly onDiscard: () => void;
  readonly onApplied: (count: number) => void;
}): JSX.Element {
  const model = useModel();
  const texts = useTexts();
  const planned = usePlan(text, running);
  const [progress, setProgress] = useState<Message>();
  const { changes, problems, findings, failure } = planned;
  const isChanged = text !== running;
  const canApply =
    isChanged && planned.text === text && failure === undefined && problems.length === 0 && changes.length > 0;
  const apply = async (): Promise<void> => {
    const configuration: unknown = JSON.parse(text);
    try {
      await model.api.follow('POST', '/v1/apply', { configuration }, (told) => {
        const { sessions } = told as { readonly sessions: number };
        setProgress(message('applying', { sessions }));
      });
      setProgress(undefined);
      onApplied(changes.length);
    } catch (error) {
      setProgress(message('orderFailed', { message: wordsOf(error) }));
    }
  };
  const count = changes.length;
  return (
    <div class="stack">
      <section class="card">
        <header class="card-head">
          <h2>{texts.say('whatChanges')}</h2>
          <span class="quiet small">{texts.say('againstRunning')}</span>
        </header>
        <div class="pad" aria-live="polite">
          {failure !== undefined && <p class="problem">{texts.write(failure)}</p>}
          {problems.length > 0 && (
            <ul class="effects">
              {problems.map(({ path, expected, actual }) => (
                <li key={path}>
                  <b class="down">×</b>
                  <span>
                    <code>{path}</code>: {actual}. {texts.say('expected', { expected })}
                  </span>
                </li>
              ))}
            </ul>
          )}
          {failure === undefined && problems.length === 0 && <Effects changes={changes} isChanged={isChanged} />}
        </div>
        <Difference lines={diffLines(running, text)} />
        {isChanged && (
          <div class="pad line deciding">
            <button
              class={findings.length === 0 ? 'primary' : ''}
              disabled={!canApply || !model.isLive}
              onClick={() => void apply()}
            >
              {problems.length > 0
                ? texts.say('applyRefused', { count: problems.length })
                : findings.length === 0
                  ? texts.say('apply', { count })
                  : texts.say('applyFindings', { count, findings: findings.length })}
            </button>
            <button onClick={onDiscard}>{texts.say('discard')}</button>
            <span class="quiet small" role="status">
              {progress !== undefined && texts.write(progress)}
            </span>
          </div>
        )}
      </section>
      {findings.length > 0 && (
        <section class="card pad">
          <h2>{texts.say('findings')}</h2>
          {findings.map(({ rule, path, severity, message: told, why }) => (
            <FindingCard
              key={`${rule} ${path}`}
              sign={severity === 'error' ? 'down' : 'ejected'}
              title={told}
              why={why}
              rule={rule}
            />
          ))}
        </section>
      )}
    </div>
  );
}

const marks: Readonly<Record<ConfigChange['kind'], string>> = {
  serviceAdded: '+',
  serviceRemoved: '−',
  serviceReplaced: '~',
  serverAdded: '+',
  serverRemoved: '−',
  serverReplaced: '~',
  serverChanged: '~',
  restartNeeded: '!',
};

function Effects({
  changes,
  isChanged,
}: {
  readonly changes: readonly ConfigChange[];
  readonly isChanged: boolean;
}): JSX.Element {
  const texts = useTexts();
  if (!isChanged || changes.length === 0) return <p class="quiet small">{texts.say('nothingChanges')}</p>;
  return (
    <>
      <ul class="effects">
        {changes.map(({ kind, text }) => (
          <li key={text}>
            <b>{marks[kind]}</b>
            <span>{text}</span>
          </li>
        ))}
      </ul>
      <p class="quiet small">{texts.say('otherServicesStay')}</p>
    </>
  );
}

const lineMarks = { same: ' ', added: '+', removed: '−' } as const;

function Difference({ lines }: { readonly lines: readonly DiffLine[] }): JSX.Element | null {
  const texts = useTexts();
  if (lines.length === 0) return null;
  return (
    <div class="difference" tabIndex={0} role="group" aria-label={texts.say('difference')}>
      <ol>
        {lines.map((line, index) =>
          line.kind === 'skipped' ? (
            <li key={index} class="is-skipped">
              {texts.say('unchangedLines', { count: line.count })}
            </li>
          ) : (
            <li key={index} class={`is-${line.kind}`}>
              <b>{lineMarks[line.kind]}</b> {line.text}
            </li>
          ),
        )}
      </ol>
    </div>
  );
}

/** Asks what a text would do, once nobody has typed for a moment. */
function usePlan(text: string, running: string): Planned {
  const { api } = useModel();
  const [planned, setPlanned] = useState(nothing);
  useEffect(() => {
    let isWanted = true;
    const tell = (next: Omit<Planned, 'text'>): void => {
      if (isWanted) setPlanned({ text, ...next });
    };
    const timer = setTimeout(() => void ask(), typingMs);
    const ask = async (): Promise<void> => {
      const parsed = parse(text);
      if ('failure' in parsed) {
        tell({ ...nothing, failure: parsed.failure });
        return;
      }
      try {
        const body = { configuration: parsed.configuration };
        const { problems, findings } = (await api.post('/v1/check', body)) as ConfigCheck;
        const changes =
          problems.length === 0 && text !== running
            ? ((await api.post('/v1/plan', body)) as readonly ConfigChange[])
            : [];
        tell({ changes, problems, findings, failure: undefined });
      } catch (error) {
        const problems = error instanceof ApiError ? error.problems : [];
        const failure = problems.length > 0 ? undefined : message('failed', { message: wordsOf(error) });
        tell({ ...nothing, problems, failure });
      }
    };
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [api, text, running]);
  return planned;
}

function parse(text: string): { readonly configuration: unknown } | { readonly failure: Message } {
  if (text === '') return { failure: message('loading') };
  try {
    return { configuration: JSON.parse(text) };
  } catch (error) {
    return { failure: message('notJson', { message: wordsOf(error) }) };
  }
}
