import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { LogEntry } from '../../src/records/log-entry.ts';
import { addressOf } from '../site/consequences.ts';
import { message, type Message } from '../text/message.ts';
import { useModel, useNow, useTexts } from './context.ts';
import { Say } from './say.tsx';

const maxShown = 10;
/** How often new ones are drawn. */
const drawEveryMs = 500;

interface Decision {
  readonly atMs: number;
  readonly client: string;
  readonly server: string | undefined;
  readonly reason: string;
  readonly tried: readonly string[];
}

/** Picks of a service, as they are made. */
export function Decisions({ service }: { readonly service: string }): JSX.Element {
  const { api } = useModel();
  const now = useNow();
  const texts = useTexts();
  const [isPaused, setPaused] = useState(false);
  const [shown, setShown] = useState<readonly Decision[]>([]);
  useEffect(() => {
    if (isPaused) return;
    const call = new AbortController();
    let fresh: readonly Decision[] = [];
    const take = (entry: unknown): void => {
      const decision = decisionIn(entry as LogEntry);
      if (decision !== undefined) fresh = [decision, ...fresh].slice(0, maxShown);
    };
    const timer = setInterval(() => {
      if (fresh.length === 0) return;
      const come = fresh;
      fresh = [];
      setShown((last) => [...come, ...last].slice(0, maxShown));
    }, drawEveryMs);
    const query = { service, about: 'state', follow: 'true', detail: 'true' };
    api.follow('GET', '/v1/log', query, take, call.signal).catch(() => undefined);
    return () => {
      clearInterval(timer);
      call.abort();
    };
  }, [api, service, isPaused]);
  return (
    <section class="card">
      <header class="card-head">
        <h2>{texts.say('decisions')}</h2>
        <span class="quiet small">{texts.say('decisionsLive')}</span>
        <button class="small end" onClick={() => setPaused(!isPaused)}>
          {texts.say(isPaused ? 'follow' : 'pause')}
        </button>
      </header>
      {shown.length === 0 ? (
        <p class="pad quiet small">{texts.say('noDecisions')}</p>
      ) : (
        <ol class="decisions">
          {shown.map((decision, index) => (
            <li key={`${decision.atMs} ${decision.client} ${index}`}>
              <time>{now.times.second(decision.atMs, now.atMs)}</time>
              <div>
                <Say text={pickOf(decision)} /> <span class="why-tag">{decision.reason}</span>
                {decision.tried.length > 0 && (
                  <span class="quiet"> {texts.say('tried', { servers: decision.tried.join(', ') })}</span>
                )}
              </div>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function pickOf({ client, server }: Decision): Message {
  return server === undefined
    ? message('decisionNowhere', { client })
    : message('decisionTo', { client, server });
}

function decisionIn(entry: LogEntry): Decision | undefined {
  if (entry.kind !== 'event' || entry.event !== 'decisionMade') return undefined;
  const { atMs, client = '' } = entry;
  const [server, tried] = [entry['server'], entry['tried']];
  return {
    ...{ atMs, client: addressOf(client), reason: String(entry['reason']) },
    server: typeof server === 'string' ? server : undefined,
    tried: Array.isArray(tried) ? tried.map(String) : [],
  };
}
