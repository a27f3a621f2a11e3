import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { ConfigChange } from '../../src/config/describe-changes.ts';
import { wordsOf } from '../live/api.ts';
import { diffLines } from '../site/line-diff.ts';
import { message, type Message } from '../text/message.ts';
import { useModel, useTexts } from './context.ts';
import { Difference } from './difference.tsx';
import { FindingCard } from './finding-card.tsx';
import { usePlan, type Planned } from './plan-of.ts';

/** What a text would change, before it is applied. */
export function Plan({
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
  const texts = useTexts();
  const planned = usePlan(text, running);
  const lines = useMemo(() => diffLines(running, text), [running, text]);
  const { changes, problems, findings, failure } = planned;
  const isChanged = text !== running;
  return (
    <div class="stack">
      <section class="card">
        <header class="card-head">
          <h2>{texts.say('whatChanges')}</h2>
          <span class="quiet small">{texts.say('againstRunning')}</span>
        </header>
        <div class="pad" aria-live="polite">
          {failure !== undefined && <p class="problem">{texts.write(failure)}</p>}
          {problems.length > 0 && <Problems problems={problems} />}
          {failure === undefined && problems.length === 0 && (
            <Effects changes={changes} isChanged={isChanged} />
          )}
        </div>
        <Difference lines={lines} />
        {isChanged && <ApplyBar planned={planned} text={text} onDiscard={onDiscard} onApplied={onApplied} />}
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

function Problems({ problems }: { readonly problems: Planned['problems'] }): JSX.Element {
  const texts = useTexts();
  return (
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
  );
}

function ApplyBar({
  planned,
  text,
  onDiscard,
  onApplied,
}: {
  readonly planned: Planned;
  readonly text: string;
  readonly onDiscard: () => void;
  readonly onApplied: (count: number) => void;
}): JSX.Element {
  const model = useModel();
  const texts = useTexts();
  const [progress, setProgress] = useState<Message>();
  const { changes, problems, findings, failure } = planned;
  const count = changes.length;
  const isPlanned = planned.text === text && failure === undefined && problems.length === 0 && count > 0;
  const apply = async (): Promise<void> => {
    const configuration: unknown = JSON.parse(text);
    try {
      await model.api.follow('POST', '/v1/apply', { configuration }, (told) => {
        const { sessions } = told as { readonly sessions: number };
        setProgress(message('applying', { sessions }));
      });
      onApplied(count);
    } catch (error) {
      setProgress(message('orderFailed', { message: wordsOf(error) }));
    }
  };
  return (
    <div class="pad line deciding">
      <button
        class={findings.length === 0 ? 'primary' : ''}
        disabled={!isPlanned || !model.isLive}
        onClick={() => void apply()}
      >
        {problems.length > 0
          ? texts.say('applyRefused', { count: problems.length })
          : texts.say(findings.length === 0 ? 'apply' : 'applyFindings', {
              count,
              findings: findings.length,
            })}
      </button>
      <button onClick={onDiscard}>{texts.say('discard')}</button>
      <span class="quiet small" role="status">
        {progress !== undefined && texts.write(progress)}
      </span>
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
