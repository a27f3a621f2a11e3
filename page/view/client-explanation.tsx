import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ClientExplanation as Explained } from '../../src/control/client-explanation.ts';
import { wordsOf } from '../live/api.ts';
import type { TextKey } from '../text/english.ts';
import { message, type Message } from '../text/message.ts';
import { formatDuration } from '../text/numbers.ts';
import { useModel, useTexts } from './context.ts';
import { Say } from './say.tsx';

const whys: Readonly<Record<string, TextKey>> = {
  cookie: 'whyCookie',
  table: 'whyTable',
  balance: 'whyBalance',
  fallback: 'whyFallback',
  none: 'whyNone',
  connection: 'whyConnection',
};

/** Where the next session of a client goes, why, and until when. */
export function ClientExplanation({
  service,
  asked,
  isAsked,
}: {
  readonly service: string;
  /** An address that a link asks for. */
  readonly asked: string;
  /** Whether somebody came here to type one. */
  readonly isAsked: boolean;
}): JSX.Element {
  const { api } = useModel();
  const texts = useTexts();
  const field = useRef<HTMLInputElement>(null);
  const [client, setClient] = useState(asked);
  const [answer, setAnswer] = useState<{ readonly client: string; readonly explained: Explained }>();
  const [problem, setProblem] = useState<string>();
  const explain = async (address: string): Promise<void> => {
    try {
      const all = (await api.get('/v1/explain', { client: address })) as Readonly<Record<string, Explained>>;
      const explained = all[service];
      setAnswer(explained === undefined ? undefined : { client: address, explained });
      setProblem(undefined);
    } catch (error) {
      setAnswer(undefined);
      setProblem(wordsOf(error));
    }
  };
  useEffect(() => {
    if (asked !== '') void explain(asked);
    if (isAsked) field.current?.focus();
  }, [asked, isAsked]);
  return (
    <section class="card">
      <header class="card-head">
        <h2>{texts.say('explainTitle')}</h2>
      </header>
      <div class="pad">
        <form
          class="line"
          onSubmit={(event) => {
            event.preventDefault();
            void explain(client.trim());
          }}
        >
          <input
            id="explained-client"
            ref={field}
            class="grows"
            aria-label={texts.say('explainLabel')}
            placeholder="192.168.84.44"
            value={client}
            onInput={(event) => setClient(event.currentTarget.value)}
          />
          <button>{texts.say('explain')}</button>
        </form>
        <div aria-live="polite" class="answer">
          {problem !== undefined && (
            <p class="problem small">
              {texts.say('expectAddress')} <span class="quiet">{problem}</span>
            </p>
          )}
          {answer !== undefined && <Answer {...answer} />}
        </div>
      </div>
    </section>
  );
}

function Answer({
  client,
  explained,
}: {
  readonly client: string;
  readonly explained: Explained;
}): JSX.Element {
  const texts = useTexts();
  const { server, reason, isUncertain, entry, unusedForMs } = explained;
  const known = Object.hasOwn(whys, reason) ? whys[reason] : undefined;
  const why = known === undefined ? message('whyOther', { reason }) : message(known);
  return (
    <>
      <p>
        <Say text={goes(client, server, reason)} /> <span class="why-tag">{reason}</span>
      </p>
      <p class="quiet small">
        {reason !== 'wait' && texts.write(why)} {isUncertain === true && texts.say('whyUncertain')}{' '}
        {entry !== undefined && texts.write(aboutEntry(entry, unusedForMs))}
      </p>
    </>
  );
}

function goes(client: string, server: string | undefined, reason: string): Message {
  if (reason === 'wait') return message('waitsFor', { client });
  return server === undefined ? message('goesNowhere', { client }) : message('goesTo', { client, server });
}

function aboutEntry(entry: NonNullable<Explained['entry']>, unusedForMs: number | undefined): Message {
  if (entry.sessions > 0) return message('entryInUse', { sessions: entry.sessions });
  if (!Number.isFinite(entry.expiresInMs) || unusedForMs === undefined) return message('entryForEver');
  return message('entryUnused', {
    duration: formatDuration(unusedForMs),
    rest: formatDuration(entry.expiresInMs),
  });
}
